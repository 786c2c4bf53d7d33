// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "iptmode/address.h"
#include "iptmode/snapshot.h"

namespace iptmode::checks {

/// A range of addresses that firewalld must let through.
struct ClusterRange {
  std::string cidr = {};    ///< "10.244.0.0/16"
  std::string origin = {};  ///< "kube-proxy clusterCIDR", "k0s' default"
  AddressRange addresses = {};
};

/// The pod networks of this node as it names them; k0s' default where it is k0s and nobody does.
[[nodiscard]] std::vector<ClusterRange> pod_ranges(const Snapshot& snapshot);
[[nodiscard]] std::vector<ClusterRange> service_ranges(const Snapshot& snapshot);

/// The zone that takes packets from all of the range by their source; null for none.
[[nodiscard]] const FirewalldZone* zone_of_source(const Firewalld& firewalld,
                                                  const ClusterRange& range);
/// The zone that an interface is bound to; null for none.
[[nodiscard]] const FirewalldZone* zone_of_interface(const Firewalld& firewalld,
                                                     std::string_view name);

/// What firewalld does to packets that go from one pod to another through the zone.
enum class Forwarding : std::uint8_t { accepted, refused };
[[nodiscard]] Forwarding forwarding_in(const Firewalld& firewalld, const FirewalldZone& zone);

/// How firewalld filters now: what the kernel holds, else what the daemon or its file says.
struct FirewalldSide {
  std::optional<Backend> backend = {};  ///< the kernel side that its rules are in
  std::string word = {};                ///< "nftables", "iptables": as FirewallBackend names it
  std::string evidence = {};            ///< "the kernel has table inet firewalld"
};
[[nodiscard]] FirewalldSide side_of_firewalld(const Snapshot& snapshot);

/// "firewalld (pid 812)"
[[nodiscard]] std::string subject_of(const Firewalld& firewalld);
/// "by the running daemon", "by its files: the daemon was not asked"
[[nodiscard]] std::string source_of(const Firewalld& firewalld);
/// Why there is nothing to judge: it is not there, or does not run. Nothing when it runs.
[[nodiscard]] std::optional<std::string> no_firewalld(const Snapshot& snapshot);

}  // namespace iptmode::checks
