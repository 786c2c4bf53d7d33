// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "iptmode/result.h"

namespace iptmode::kernel {

/// One change to nf_tables: something new.
struct NftChange {
  std::uint16_t type = 0;  ///< NFT_MSG_NEWTABLE, NEWCHAIN, NEWSET, NEWRULE
  std::uint8_t family = 0;
  std::string attributes = {};
};

/// A change that the kernel did not take.
struct NftRefusal {
  std::size_t change = 0;  ///< index
  int errnum = 0;
};

/// Makes the changes in the network namespace of the calling thread, all of them or, where one is
/// refused, none; says which were refused. Only for a namespace of our own. Fails when the kernel
/// cannot be asked, and when it took nothing without saying what it minds.
[[nodiscard]] Result<std::vector<NftRefusal>> commit(const std::vector<NftChange>& changes);

}  // namespace iptmode::kernel
