// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "iptmode/rule.h"

namespace iptmode::kernel {

/// One element of an nft set or map.
struct SetElement {
  std::string key = {};
  std::string key_end = {};   ///< of a range of concatenated keys; else empty
  bool interval_end = false;  ///< the first key behind an interval
  bool catch_all = false;
  std::string verdict = {};  ///< NFTA_DATA_VERDICT of a verdict map; else empty
};

/// A set or map, whole, in the order of the kernel.
struct SetContent {
  bool interval = false;  ///< NFT_SET_INTERVAL
  std::vector<SetElement> elements = {};
};

/// What the rules of a table refer to. All of it may be left out: then what depends on it is not
/// decoded.
struct RuleSurroundings {
  std::uint8_t family = 0;  ///< NFPROTO_* of the table
  /// The set of that name in the rule's table; nullptr when it is not known.
  std::function<const SetContent*(std::string_view name)> set = {};
  /// The name of the interface with that index; empty when it is not known.
  std::function<std::string(std::uint32_t index)> interface = {};
  /// Which rules to return; all when empty.
  std::function<bool(const Rule& rule)> keep = {};
};

/// What one nft rule says. It is several rules, of which a packet meets at most one unless they
/// follow from one another, where it looks up a verdict map or concatenated keys (one for each
/// element) or sets a mark and goes on to a verdict. `expressions` and `user_data` are the payloads
/// of NFTA_RULE_EXPRESSIONS and NFTA_RULE_USERDATA; any bytes will do. Pure.
[[nodiscard]] std::vector<Rule> decode_rules(std::string_view expressions,
                                             std::string_view user_data,
                                             const RuleSurroundings& surroundings);

/// The same as one rule: what would be several is not decoded.
[[nodiscard]] Rule decode_rule_conditions(std::string_view expressions, std::string_view user_data,
                                          std::uint8_t family);

/// The same from the attributes of an NFT_MSG_NEWRULE message.
[[nodiscard]] Rule decode_rule_conditions(std::string_view attributes, std::uint8_t family);

}  // namespace iptmode::kernel
