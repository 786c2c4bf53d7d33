// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/nft_verdict.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include <array>
#include <string>
#include <utility>

#include "kernel/nft_expressions.h"

namespace iptmode::kernel {
namespace {

using Codes = std::pair<std::uint8_t, std::string_view>;

// Codes of "destination unreachable" (RFC 792, RFC 1812), in the words of libipt_REJECT.c.
constexpr std::array kIcmpCodes{
    Codes{0, "icmp-net-unreachable"},   Codes{1, "icmp-host-unreachable"},
    Codes{2, "icmp-proto-unreachable"}, Codes{3, "icmp-port-unreachable"},
    Codes{9, "icmp-net-prohibited"},    Codes{10, "icmp-host-prohibited"},
    Codes{13, "icmp-admin-prohibited"}};
// RFC 4443, in the words of libip6t_REJECT.c.
constexpr std::array kIcmp6Codes{
    Codes{0, "icmp6-no-route"},         Codes{1, "icmp6-adm-prohibited"},
    Codes{3, "icmp6-addr-unreachable"}, Codes{4, "icmp6-port-unreachable"},
    Codes{5, "icmp6-policy-fail"},      Codes{6, "icmp6-reject-route"}};
// enum nft_reject_inet_code, in the words of nft.
constexpr std::array kIcmpxCodes{
    Codes{NFT_REJECT_ICMPX_NO_ROUTE, "icmpx-no-route"},
    Codes{NFT_REJECT_ICMPX_PORT_UNREACH, "icmpx-port-unreachable"},
    Codes{NFT_REJECT_ICMPX_HOST_UNREACH, "icmpx-host-unreachable"},
    Codes{NFT_REJECT_ICMPX_ADMIN_PROHIBITED, "icmpx-admin-prohibited"}};

template <std::size_t Size>
std::string word_of(const std::array<Codes, Size>& codes, std::uint8_t code) {
  for (const auto& [number, word] : codes)
    if (number == code) return std::string{word};
  return "code " + std::to_string(code);
}

std::string reject_word(std::uint32_t type, std::uint8_t code, std::uint8_t family) {
  if (type == NFT_REJECT_TCP_RST) return "tcp-reset";
  if (type == NFT_REJECT_ICMPX_UNREACH) return word_of(kIcmpxCodes, code);
  return family == NFPROTO_IPV6 ? word_of(kIcmp6Codes, code) : word_of(kIcmpCodes, code);
}

std::uint32_t be16_of(std::string_view data, std::uint16_t attribute) {
  const std::string_view bytes = attribute_of(data, attribute);
  if (bytes.size() < 2) return 0;
  return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[0])) << 8U |
         static_cast<unsigned char>(bytes[1]);
}

}  // namespace

Action verdict_action(std::string_view verdict) {
  const auto code = static_cast<std::int32_t>(number_of(verdict, NFTA_VERDICT_CODE));
  const std::string chain{text_of(attribute_of(verdict, NFTA_VERDICT_CHAIN))};
  switch (code) {
    case NF_ACCEPT: return {.kind = Action::Kind::accept};
    case NF_DROP: return {.kind = Action::Kind::drop};
    case NFT_JUMP: return {.kind = Action::Kind::jump, .chain = chain};
    case NFT_GOTO: return {.kind = Action::Kind::go_to, .chain = chain};
    case NFT_RETURN: return {.kind = Action::Kind::back};
    case NFT_CONTINUE: return {};
    default: break;
  }
  if ((code & NF_VERDICT_MASK) == NF_QUEUE) return {.kind = Action::Kind::queue, .name = "NFQUEUE"};
  return {.kind = Action::Kind::target, .name = "verdict", .decoded = false};
}

Action reject_action(std::string_view data, std::uint8_t family) {
  const std::string_view code = attribute_of(data, NFTA_REJECT_ICMP_CODE);
  const auto number = code.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(code.front());
  return {.kind = Action::Kind::reject,
          .name = "REJECT",
          .arguments =
              "--reject-with " + reject_word(number_of(data, NFTA_REJECT_TYPE), number, family)};
}

Action queue_action(std::string_view data) {
  const std::uint32_t first = be16_of(data, NFTA_QUEUE_NUM);
  const std::uint32_t total = be16_of(data, NFTA_QUEUE_TOTAL);
  const bool bypass = (be16_of(data, NFTA_QUEUE_FLAGS) & NFT_QUEUE_FLAG_BYPASS) != 0;
  std::string words = total > 1 ? "--queue-balance " + std::to_string(first) + ':' +
                                      std::to_string(first + total - 1)
                                : "--queue-num " + std::to_string(first);
  if (bypass) words += " --queue-bypass";
  return {.kind = Action::Kind::queue, .name = "NFQUEUE", .arguments = std::move(words)};
}

Action log_action(std::string_view data) {
  constexpr std::uint32_t kDefaultLevel = 4;
  const bool to_group = !attribute_of(data, NFTA_LOG_GROUP).empty();
  const std::string_view prefix = text_of(attribute_of(data, NFTA_LOG_PREFIX));
  std::string words;
  const auto add = [&](const std::string& option) { words += (words.empty() ? "" : " ") + option; };
  if (!prefix.empty())
    add((to_group ? "--nflog-prefix \"" : "--log-prefix \"") + std::string{prefix} + '"');
  const std::uint32_t group = be16_of(data, NFTA_LOG_GROUP);
  if (to_group && group != 0) add("--nflog-group " + std::to_string(group));
  if (const std::uint32_t size = number_of(data, NFTA_LOG_SNAPLEN); to_group && size != 0)
    add("--nflog-size " + std::to_string(size));
  if (const std::uint32_t threshold = be16_of(data, NFTA_LOG_QTHRESHOLD); threshold > 1)
    add("--nflog-threshold " + std::to_string(threshold));
  const bool leveled = !attribute_of(data, NFTA_LOG_LEVEL).empty();
  const std::uint32_t level = number_of(data, NFTA_LOG_LEVEL);
  if (leveled && level != kDefaultLevel) add("--log-level " + std::to_string(level));
  return {.kind = Action::Kind::target,
          .name = to_group ? "NFLOG" : "LOG",
          .arguments = std::move(words)};
}

}  // namespace iptmode::kernel
