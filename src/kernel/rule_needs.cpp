// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/rule_needs.h"

#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>

#include <utility>

#include "kernel/nft_expressions.h"

namespace iptmode::kernel {
namespace {

class NeedsFinder {
 public:
  void expression(std::string_view name, std::string_view data) {
    if (name == "immediate") note_jump(data);
    if (name == "match" && text_of(attribute_of(data, NFTA_MATCH_NAME)) == "nfacct")
      needs_.counters.push_back(text_of(attribute_of(data, NFTA_MATCH_INFO)));
    if (name == "target") note_target(text_of(attribute_of(data, NFTA_TARGET_NAME)));
    if (name == "cmp" && loads_protocol_ && needs_.protocol == 0) note_protocol(data);
    loads_protocol_ = is_protocol_load(name, data);
  }
  [[nodiscard]] RuleNeeds take() { return std::move(needs_); }

 private:
  void note_jump(std::string_view data) {
    const auto verdict = attribute_of(attribute_of(data, NFTA_IMMEDIATE_DATA), NFTA_DATA_VERDICT);
    const auto chain = text_of(attribute_of(verdict, NFTA_VERDICT_CHAIN));
    if (!chain.empty()) needs_.chains.push_back(chain);
  }

  // Timers in /sys and triggers of lights belong to the machine, by name.
  void note_target(std::string_view name) {
    if (name == "IDLETIMER" || name == "LED") needs_.outside = name;
  }

  void note_protocol(std::string_view data) {
    const std::string_view value = data_value(attribute_of(data, NFTA_CMP_DATA));
    if (value.size() != 1) return;
    needs_.protocol = static_cast<unsigned char>(value.front());
    needs_.inverted = number_of(data, NFTA_CMP_OP) == NFT_CMP_NEQ;
  }

  static bool is_protocol_load(std::string_view name, std::string_view data) {
    constexpr std::uint32_t kIpv4Protocol = 9;    // RFC 791
    constexpr std::uint32_t kIpv6NextHeader = 6;  // RFC 8200
    if (name == "meta") return number_of(data, NFTA_META_KEY) == NFT_META_L4PROTO;
    if (name != "payload" || number_of(data, NFTA_PAYLOAD_BASE) != NFT_PAYLOAD_NETWORK_HEADER)
      return false;
    const std::uint32_t offset = number_of(data, NFTA_PAYLOAD_OFFSET);
    return number_of(data, NFTA_PAYLOAD_LEN) == 1 &&
           (offset == kIpv4Protocol || offset == kIpv6NextHeader);
  }

  RuleNeeds needs_ = {};
  bool loads_protocol_ = false;  ///< the expression before this one
};

}  // namespace

RuleNeeds needs_of(const RuleShape& shape) {
  NeedsFinder finder;
  for_each_expression(shape.expressions, [&](std::string_view name, std::string_view data) {
    finder.expression(name, data);
  });
  return finder.take();
}

}  // namespace iptmode::kernel
