// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string_view>

#include "iptmode/kernel_state.h"

namespace iptmode::checks {

/// Rules of one owner that both backends hold for the same address family.
struct SecondCopy {
  OwnerUse legacy = {};
  OwnerUse nft = {};
  std::string_view family = {};  ///< "ipv6" where the owner is in both in that family only, else ""

  [[nodiscard]] const OwnerUse& in(Backend backend) const {
    return backend == Backend::legacy ? legacy : nft;
  }
};

/// Nothing where each family has its rules in one backend: IPv4 rules never meet IPv6 rules. `part`
/// is what has to be in both: &OwnerUse::rules, &OwnerUse::translations.
[[nodiscard]] std::optional<SecondCopy> second_copy_of(const NetworkState& network, OwnerSet owner,
                                                       std::uint64_t OwnerUse::*part);

}  // namespace iptmode::checks
