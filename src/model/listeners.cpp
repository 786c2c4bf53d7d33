// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/listeners.h"

#include <algorithm>

namespace iptmode {

bool Listener::on_loopback() const {
  return address.starts_with("127.") || address == "::1" || address.starts_with("::ffff:127.") ||
         address.starts_with("::ffff:7f");
}

std::string Doors::uplink(IpFamily family) const {
  for (const DefaultRoute& route : default_routes)  // sorted: the least metric first
    if (route.family == family) return route.link;
  return {};
}

bool Doors::listens(std::uint8_t protocol, std::uint16_t port) const {
  return std::any_of(listeners.begin(), listeners.end(), [&](const Listener& listener) {
    return listener.protocol == protocol && listener.port == port && !listener.on_loopback();
  });
}

}  // namespace iptmode
