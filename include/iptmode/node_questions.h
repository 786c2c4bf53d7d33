// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "iptmode/listeners.h"
#include "iptmode/node_networks.h"
#include "iptmode/packet_path.h"

namespace iptmode {

/// A service that a k0s node may have to reach or to offer.
struct NodePort {
  std::string_view id = {};  ///< also of the question: "kubeApiserver"
  std::uint8_t protocol = 0;
  std::uint16_t port = 0;  ///< 0: the protocol has none
  Packet::Way way = Packet::Way::input;
  std::string_view title = {};  ///< "kube-apiserver"
};

/// Every one that required_ports knows (https://docs.k0sproject.io/stable/networking/).
[[nodiscard]] std::span<const NodePort> node_ports();

/// The questions about packets that pods send: out of the cluster, and to pods of another node.
inline constexpr std::string_view kPodToOutside = "podToOutside";
inline constexpr std::string_view kPodToPod = "podToPod";

/// What is asked of a node's firewall: each of node_ports() at the uplink of each family that has
/// one, and the packets of pods where their network is known: by the bridge of the node's own pods,
/// else by `networks`, else k0s' default for IPv4. Calico's VXLAN comes from the other nodes that
/// its interfaces know, where they know any. A family without a default route has no questions.
[[nodiscard]] std::vector<PacketQuestion> node_questions(const Doors& doors,
                                                         const std::vector<NetworkLink>& links,
                                                         const NodeNetworks& networks);

/// felix names its interfaces "vxlan.calico" and "vxlan-v6.calico", whatever it is told.
[[nodiscard]] bool is_calicos_vxlan(const NetworkLink& link);

/// Whether the cluster uses a family, by the pod and service networks; IPv4 where none is known.
[[nodiscard]] bool cluster_uses(IpFamily family, const NodeNetworks& networks);

}  // namespace iptmode
