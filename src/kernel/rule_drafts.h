// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "iptmode/backend.h"
#include "iptmode/rule.h"
#include "kernel/nft_operand.h"
#include "kernel/rule_decoder.h"

namespace iptmode::kernel {

/// What one nft rule has become while its expressions are gone through: one rule, or one for each
/// element of what it looked up; and what is known of the packets that come so far.
class RuleDrafts {
 public:
  static constexpr std::size_t kMax = 1024;

  /// `around` is borrowed.
  explicit RuleDrafts(const RuleSurroundings& around);

  /// NFPROTO_IPV4, NFPROTO_IPV6, or NFPROTO_UNSPEC when it is not known.
  [[nodiscard]] std::uint8_t family() const { return family_; }
  [[nodiscard]] IpFamily ip_family() const;
  [[nodiscard]] std::uint8_t protocol() const { return protocol_; }  ///< 0: not known
  [[nodiscard]] OperandConditions conditions() const { return {around_, family_}; }
  [[nodiscard]] const RuleSurroundings& surroundings() const { return around_; }

  [[nodiscard]] std::vector<Rule>& all() { return drafts_; }
  void replace(std::vector<Rule> drafts) { drafts_ = std::move(drafts); }

  void demand_of_all(const Condition& condition);
  /// A condition that is not decoded.
  void opaque(const std::string& name, bool negated = false, const std::string& arguments = {});
  void act(const Action& action);
  /// Something that happens here, whatever follows in the rule.
  void have_effect(const Action& action);

  /// All of it; leaves nothing behind.
  [[nodiscard]] std::vector<Rule> finish(std::string_view comment);

 private:
  void demand_family(Condition condition);

  const RuleSurroundings& around_;
  std::uint8_t family_;
  std::uint8_t protocol_ = 0;
  std::vector<Rule> drafts_ = {Rule{}};
  std::vector<Rule> effects_ = {};
};

/// The same condition, asked for or against.
[[nodiscard]] inline Condition with(Condition condition, bool negated) {
  condition.negated = negated;
  return condition;
}

}  // namespace iptmode::kernel
