// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "iptmode/listeners.h"

namespace iptmode::kernel {

// The texts of /proc/net, see proc_pid_net(5). A line that is not understood is passed over. Pure.

void parse_routes4(std::string_view text, std::vector<DefaultRoute>& routes);  ///< "route"
void parse_routes6(std::string_view text, std::vector<DefaultRoute>& routes);  ///< "ipv6_route"
/// "tcp", "tcp6", "udp", "udp6". At most `kMaxListeners` are added.
void parse_sockets(std::string_view text, std::uint8_t protocol, std::vector<Listener>& listeners);
inline constexpr std::size_t kMaxListeners = 4096;
/// Whether the last whole line of the beginning of "tcp" is of a socket that does not listen.
[[nodiscard]] bool ends_in_connection(std::string_view text);
/// "sockstat", "sockstat6": the sockets of a protocol ("TCP", "UDP6") that are bound, listen or are
/// connected in the namespace. Nothing where there is no such line.
[[nodiscard]] std::optional<std::uint64_t> sockets_in_use(std::string_view text,
                                                          std::string_view protocol);

}  // namespace iptmode::kernel
