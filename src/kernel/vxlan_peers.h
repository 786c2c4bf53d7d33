// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "iptmode/result.h"
#include "kernel/route_socket.h"

namespace iptmode::kernel {

inline constexpr std::size_t kMaxPeers = 1024;  ///< of one vxlan link

/// Collects where the forwarding database of one vxlan link sends to.
class VxlanPeers {
 public:
  explicit VxlanPeers(int link) noexcept : link_{link} {}

  /// `entry` is an answer to RTM_GETNEIGH of AF_BRIDGE: an ndmsg with its attributes. One of
  /// another link does not count, nor does a destination that is a group or none.
  void add(const RouteAnswer& entry);

  /// Sorted. Absent when they are not known: there are more than kMaxPeers, or an entry names a
  /// nexthop (ip-nexthop(8)) instead of addresses.
  [[nodiscard]] std::optional<std::vector<std::string>> addresses() &&;

 private:
  int link_;
  bool known_ = true;
  std::set<std::string> addresses_ = {};
};

/// Asks rtnetlink(7) for the entries of that link, of the calling thread's network namespace. This
/// needs no privilege and changes nothing. Errors: those of dump_rtnetlink().
[[nodiscard]] Result<std::optional<std::vector<std::string>>> read_vxlan_peers(
    int link, std::chrono::steady_clock::time_point deadline);

}  // namespace iptmode::kernel
