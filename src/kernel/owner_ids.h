// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "kernel/scratch_tables.h"

namespace iptmode::kernel {

/// Users and groups that rules ask for (-m owner), as they are written in the rules.
struct OwnerIds {
  std::vector<std::uint32_t> users = {};   ///< sorted, without doubles
  std::vector<std::uint32_t> groups = {};  ///< likewise
};

/// Of all shapes that are to be rebuilt. The kernel takes such a rule only in a user namespace that
/// has these ids. Pure.
[[nodiscard]] OwnerIds owner_ids(const std::vector<ScratchTable>& tables);

}  // namespace iptmode::kernel
