// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "iptmode/kernel_state.h"
#include "iptmode/owner.h"

namespace iptmode::kernel {

/// Counts chains and rules by the owner they are attributed to. One for each table; the number of
/// different owners is small, the number of chains and rules is not.
class OwnerTally {
 public:
  /// Lists the owner even when `chains` is 0.
  void add_chains(const Attribution& owner, std::uint64_t chains) { entry(owner).chains += chains; }
  /// `translations` of the `rules` rewrite an address or a port.
  void add_rules(const Attribution& owner, std::uint64_t rules, std::uint64_t translations);

  /// Sorted by owners, those of nobody last; patterns sorted. Leaves the tally empty.
  [[nodiscard]] std::vector<OwnerUse> take();

 private:
  struct Entry {
    OwnerSet owners = {};
    std::uint64_t chains = 0;
    std::uint64_t rules = 0;
    std::uint64_t translations = 0;
    std::vector<std::string_view> patterns = {};  ///< static storage, in the order of appearance
  };
  Entry& entry(const Attribution& owner);

  std::vector<Entry> entries_ = {};
};

/// Whom a rule counts for: the owner of its chain if that has one, else the owner of the chain that
/// it jumps to, else of its comment. Either text may be empty.
[[nodiscard]] Attribution attribute_rule(const Attribution& chain, std::string_view jumps_to,
                                         std::string_view comment);

/// Marks what kubelet left, if `chain` (of a mangle table) is one of its hints.
void note_hint(std::string_view chain, HintChains& hints);

}  // namespace iptmode::kernel
