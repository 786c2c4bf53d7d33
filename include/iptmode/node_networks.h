// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace iptmode {

/// A network interface of one network namespace, as rtnetlink(7) lists it.
struct NetworkLink {
  std::string name = {};  ///< "eth0"
  std::string kind = {};  ///< IFLA_INFO_KIND: "bridge", "veth", "vxlan", "ipip"; empty: hardware
  bool up = false;        ///< IFF_UP
  std::vector<std::string> addresses = {};  ///< sorted; "192.168.1.7/24", "fe80::1/64"
  std::uint16_t port = 0;                   ///< of a vxlan: UDP, 4789 by default
  /// Of a vxlan: the addresses that its forwarding database sends to, "192.168.1.8"; sorted,
  /// nothing twice, no group. Absent when they are not known: more than 1,024, an entry that names
  /// a nexthop instead, or behind the first 16 vxlan interfaces.
  std::optional<std::vector<std::string>> peers = {};
  bool operator==(const NetworkLink&) const = default;
};

/// A route through a tunnel or another named interface.
struct NetworkRoute {
  std::string destination = {};  ///< "10.244.7.0/26"
  std::string gateway = {};      ///< "192.168.1.8"; empty if none
  std::string link = {};         ///< "tunl0"
  bool operator==(const NetworkRoute&) const = default;
};

/// An address range and where it is written.
struct NamedNetwork {
  std::string cidr = {};    ///< "10.244.0.0/16", "fd00::/108"; normal form, host bits zero
  std::string origin = {};  ///< "kube-proxy clusterCIDR", "/etc/k0s/k0s.yaml"
  bool operator==(const NamedNetwork&) const = default;
};

/// One network of /etc/cni/net.d.
struct CniNetwork {
  std::string file = {};                  ///< "/etc/cni/net.d/10-kuberouter.conflist"
  std::string name = {};                  ///< "cbr0"
  std::vector<std::string> plugins = {};  ///< types in their order: "bridge", "portmap"
  std::vector<std::string> bridges = {};  ///< interfaces that the plugins name: "kube-bridge"
  bool operator==(const CniNetwork&) const = default;
};

/// What the cluster uses on this node, by configuration. What the kernel has is in NetworkState.
struct NodeNetworks {
  std::vector<NamedNetwork> pods = {};      ///< sorted by cidr, origin; empty: not found
  std::vector<NamedNetwork> services = {};  ///< the same
  std::vector<CniNetwork> cni = {};         ///< sorted by file; the first one is used
  /// Calico's encapsulation, each with its origin: {"CALICO_IPV4POOL_IPIP", "Always"}.
  std::vector<std::pair<std::string, std::string>> encapsulation = {};
  bool operator==(const NodeNetworks&) const = default;
};

}  // namespace iptmode
