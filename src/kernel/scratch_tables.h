// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "iptmode/cross_reading.h"
#include "iptmode/kernel_state.h"
#include "iptmode/result.h"

namespace iptmode::kernel {

/// What of one ip or ip6 table is to be rebuilt.
struct ScratchTable {
  const NftTable* table = nullptr;         ///< borrowed
  std::vector<std::uint32_t> shapes = {};  ///< indices into its shapes
  bool base_chains = true;                 ///< its base chains too, empty, with hook and priority
};

/// All of it that has shapes: every shape, and the base chains.
[[nodiscard]] std::vector<ScratchTable> whole_tables(const std::vector<NftTable>& tables);

/// Rebuilds tables in the network namespace of the calling thread, which must be one of our own and
/// empty: each shape is the only rule of a chain that is called shape_chain_name() and that nothing
/// jumps to; chains that a shape jumps to and sets that it looks up are there and empty. Returns
/// the shapes that are not there, with the reason: what the kernel refused, and what would act
/// outside of the namespace. What the kernel does not dump, protocol and inversion for xt matches
/// (NFTA_RULE_COMPAT), is derived from the rule's own comparison.
[[nodiscard]] Result<std::vector<SetAside>> rebuild(const std::vector<ScratchTable>& tables);

[[nodiscard]] IpFamily family_of(const NftTable& table);

}  // namespace iptmode::kernel
