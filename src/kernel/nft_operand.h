// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "iptmode/rule.h"
#include "kernel/nft_registers.h"
#include "kernel/rule_decoder.h"

namespace iptmode::kernel {

/// The bytes as they are on the wire.
[[nodiscard]] std::string in_network_order(std::string_view bytes, bool host_order);

/// What it says to compare a register with values. Any bytes will do; nothing is returned for what
/// is not understood. Pure.
class OperandConditions {
 public:
  /// `around` is borrowed. `family` is NFPROTO_* of the packets that come so far.
  OperandConditions(const RuleSurroundings& around, std::uint8_t family)
      : around_{around}, family_{family} {}

  /// "It has this value."
  [[nodiscard]] std::optional<Condition> equal(const Operand& operand,
                                               std::string_view value) const;
  /// "It lies in there."
  [[nodiscard]] std::optional<Condition> within(const Operand& operand,
                                                const Interval& values) const;
  /// "It is one of them", of a set whose key is not concatenated; catch-all elements left out.
  [[nodiscard]] std::optional<Condition> one_of(const Operand& operand,
                                                const SetContent& set) const;

 private:
  [[nodiscard]] std::optional<Condition> field_equal(const Operand& operand,
                                                     std::string_view value) const;
  [[nodiscard]] std::optional<Condition> named_equal(const Operand& operand,
                                                     std::string_view value) const;

  const RuleSurroundings& around_;
  std::uint8_t family_;
};

/// "It is below, above, ... the limit": `op` is one of NFT_CMP_LT, _LTE, _GT, _GTE. The operand is
/// a single field without a mask and as long as the limit.
[[nodiscard]] Condition beyond(const Operand& operand, std::string_view limit, std::uint32_t op);

}  // namespace iptmode::kernel
