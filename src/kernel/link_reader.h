// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <vector>

#include "iptmode/node_networks.h"
#include "iptmode/result.h"

namespace iptmode::kernel {

/// The interfaces of one network namespace.
struct LinkReading {
  std::vector<NetworkLink> links = {};           ///< see NetworkState::links
  std::vector<NetworkRoute> tunnel_routes = {};  ///< through ipip links, at most kMaxTunnelRoutes
};

/// Of the veth links this many are kept, the first by name.
inline constexpr std::size_t kMaxVeths = 8;
inline constexpr std::size_t kMaxTunnelRoutes = 16;

/// Asks rtnetlink(7) for links and addresses, and for routes only when there is an ipip link. Of
/// the calling thread's network namespace; changes nothing.
[[nodiscard]] Result<LinkReading> read_links(std::chrono::steady_clock::time_point deadline);

}  // namespace iptmode::kernel
