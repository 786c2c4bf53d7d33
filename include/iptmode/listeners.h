// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "iptmode/backend.h"

namespace iptmode {

/// A default route of the main table (rtnetlink: RTM_GETROUTE).
struct DefaultRoute {
  IpFamily family = IpFamily::ipv4;
  std::uint32_t metric = 0;
  std::string link = {};     ///< "eth0"; of several next hops the first
  std::string gateway = {};  ///< "192.168.1.1"; empty: on the link
  auto operator<=>(const DefaultRoute&) const = default;
};

/// A socket that takes what comes from outside: TCP in state LISTEN, UDP that is not connected
/// (<proc>/<pid>/net/tcp, tcp6, udp, udp6).
struct Listener {
  std::uint8_t protocol = 0;  ///< IPPROTO_TCP, IPPROTO_UDP
  std::uint16_t port = 0;
  std::string address = {};  ///< "0.0.0.0" and "::": all
  auto operator<=>(const Listener&) const = default;
  [[nodiscard]] bool on_loopback() const;
};

/// Where a network namespace meets the outside; both lists are sorted, bounded, nothing twice.
struct Doors {
  std::vector<DefaultRoute> default_routes = {};
  std::vector<Listener> listeners = {};
  bool operator==(const Doors&) const = default;

  /// The link of the default route with the least metric; empty without one.
  [[nodiscard]] std::string uplink(IpFamily family) const;
  /// Whether a socket takes packets to this port at an address that is not the loopback's.
  [[nodiscard]] bool listens(std::uint8_t protocol, std::uint16_t port) const;
};

}  // namespace iptmode
