// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "iptmode/node_networks.h"
#include "iptmode/result.h"

namespace iptmode::kernel {

/// The interfaces of one network namespace.
struct LinkReading {
  std::vector<NetworkLink> links = {};  ///< sorted by name; addresses in the kernel's order
  std::vector<NetworkRoute> tunnel_routes = {};  ///< through ipip links, at most kMaxTunnelRoutes
  std::optional<Error> peers_failure = {};       ///< why links may lack their peers
};

inline constexpr std::size_t kMaxTunnelRoutes = 16;
inline constexpr std::size_t kMaxVxlanLinks = 16;  ///< whose peers are read

/// Asks rtnetlink(7) for links and addresses, for routes only when there is an ipip link, and for
/// the forwarding databases of vxlan links. Of the calling thread's network namespace; changes
/// nothing.
[[nodiscard]] Result<LinkReading> read_links(std::chrono::steady_clock::time_point deadline);

/// As NetworkState::links has them: of the veth links, of which a node has one for each pod, the
/// first by name stand for all, and addresses are sorted.
[[nodiscard]] std::vector<NetworkLink> in_short(std::vector<NetworkLink> links);

}  // namespace iptmode::kernel
