// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <vector>

#include "diagnose/iptables_users.h"
#include "iptmode/kernel_state.h"

namespace iptmode::checks {

/// Tables of `network` that the user's iptables refuses, by their encoding and its version alone:
/// port ranges and logs blind 1.8.7 and earlier. Borrows from `network`.
[[nodiscard]] std::vector<const NftTable*> refused_tables(const IptablesUser& user,
                                                          const NetworkState& network);

}  // namespace iptmode::checks
