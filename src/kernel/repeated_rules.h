// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "iptmode/kernel_state.h"

namespace iptmode::kernel {

inline constexpr std::uint64_t kFewestCopies = 3;  ///< two may be there on purpose
inline constexpr std::size_t kMaxRepeated = 16;    ///< of one table

/// Counts, chain by chain, rules that are equal, while they stream by. A rule is compared with the
/// last 64 different ones of its chain, so a pile of a few rules in turn is found as well.
/// Allocates only for what it finds.
class RepeatedRules {
 public:
  /// `describe()` gives the rule's owners and words; asked for the third copy only.
  template <class Describe>
  void add(std::uint64_t key, Describe describe) {
    const std::size_t slot = slot_of(key);
    if (slot == kWindow || ++copies_.at(slot) != kFewestCopies) return;
    piles_.emplace_back(slot, describe());
  }
  /// Ends the chain whose rules were added since the last call.
  void end_chain(std::string_view chain);

  /// Most copies first, at most kMaxRepeated.
  [[nodiscard]] std::vector<RepeatedRule> take();

 private:
  static constexpr std::size_t kWindow = 64;
  [[nodiscard]] std::size_t slot_of(std::uint64_t key);  ///< kWindow when there is no room

  std::array<std::uint64_t, kWindow> keys_ = {};
  std::array<std::uint64_t, kWindow> copies_ = {};
  std::size_t used_ = 0;
  std::size_t oldest_ = 0;
  std::vector<std::pair<std::size_t, RepeatedRule>> piles_ = {};  ///< of this chain, by slot
  std::vector<RepeatedRule> found_ = {};
};

}  // namespace iptmode::kernel
