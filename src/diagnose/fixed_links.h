// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <vector>

#include "diagnose/standing.h"
#include "diagnose/wrapper_choice.h"

namespace iptmode::checks {

/// A component in a container whose image brings an iptables-wrapper and whose links lead past it
/// to a variant. Borrows the standing.
struct FixedLink {
  const Standing* standing = nullptr;
  Backend chosen = {};               ///< where the link leads
  WrapperChoice choice = {};         ///< what the wrapper would choose now
  std::optional<Backend> node = {};  ///< what would be right
  /// The wrapper did not make this link: it was never installed, other names of the six still lead
  /// to it, or the link leads to legacy although nothing in the kernel would have sent a wrapper
  /// there.
  bool bypassed = false;
};

/// A wrapper that has chosen and one that was never called look alike, unless what it would choose
/// now tells them apart. `standings` are those of one domain, `network` is its firewall.
[[nodiscard]] std::vector<FixedLink> fixed_links_of(const std::vector<Standing>& standings,
                                                    const NetworkState& network);

}  // namespace iptmode::checks
