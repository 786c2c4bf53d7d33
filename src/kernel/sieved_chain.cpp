// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/sieved_chain.h"

#include <linux/netfilter.h>

#include "kernel/path_collector.h"
#include "kernel/quick_look.h"

namespace iptmode::kernel {
namespace {

std::uint8_t only_family(std::string_view family) {
  if (family == "ip") return NFPROTO_IPV4;
  return family == "ip6" ? std::uint8_t{NFPROTO_IPV6} : std::uint8_t{NFPROTO_UNSPEC};
}

}  // namespace

RuleSieve::RuleSieve(std::string_view family, const std::vector<PacketQuestion>* questions)
    : family_{only_family(family)} {
  if (questions != nullptr) packets_ = packets_of(family, *questions);
}

bool RuleSieve::passes(std::string_view expressions) const {
  if (packets_.empty()) return false;
  return family_ == NFPROTO_UNSPEC || !is_for_another_destination(expressions, family_, packets_);
}

void SievedChain::add(std::uint32_t number, std::string_view expressions,
                      std::string_view user_data) {
  rules.push_back({.number = number,
                   .expressions = std::string{expressions},
                   .user_data = std::string{user_data}});
  bytes += expressions.size() + user_data.size();
}

}  // namespace iptmode::kernel
