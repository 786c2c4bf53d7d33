// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnose/port_needs.h"

#include <algorithm>

namespace iptmode::checks {
namespace {

constexpr std::uint8_t kTcp = 6;

using MaybeNeed = std::optional<PortNeed>;

bool is_controller(NodeRole role) {
  return role == NodeRole::controller || role == NodeRole::controller_worker;
}

bool is_worker(NodeRole role) {
  return role == NodeRole::worker || role == NodeRole::controller_worker;
}

/// konnectivity is k0s' own deployment of it, and the join API is k0s' alone.
bool is_of_k0s(const NodePort& port) {
  return port.port == 8132 || port.port == 9443;
}

bool is_foreign(const NodePort& port, const Node& node) {
  return is_of_k0s(port) && node.distribution == Distribution::none;
}

/// What decides whether a port is needed.
struct Circumstances {
  NodeRole role = NodeRole::none;
  const Domain& domain;
  const Doors& doors;

  [[nodiscard]] bool runs(ComponentKind kind) const { return domain.find(kind) != nullptr; }
  [[nodiscard]] bool controller_listens(std::uint16_t port) const {
    return is_controller(role) && doors.listens(kTcp, port);
  }
  /// On the only node of a cluster felix lets nobody in, and nobody comes.
  [[nodiscard]] bool has_vxlan_to_others() const {
    if (!domain.network->links) return true;  // Calico's encapsulation of k0s' choice
    return std::ranges::any_of(*domain.network->links, [](const NetworkLink& link) {
      return is_calicos_vxlan(link) && (!link.peers || !link.peers->empty());
    });
  }
};

MaybeNeed need_of_controller(const NodePort& port, const Circumstances& node) {
  if (!node.controller_listens(port.port)) return std::nullopt;
  if (port.id == "kubeApiserver")
    return PortNeed{"the API of a controller", "workers and kubectl cannot reach the API"};
  if (port.id == "konnectivity")
    return PortNeed{
        "the konnectivity server of a controller",
        "logs, exec and webhooks do not work: the agents of the workers cannot connect"};
  if (port.id == "etcdPeers")
    return PortNeed{"etcd of a controller",
                    "a second controller cannot join, etcd loses its quorum", Severity::warning};
  if (port.id == "k0sJoin")
    return PortNeed{"the join API of a controller", "no other controller can join",
                    Severity::warning};
  return std::nullopt;
}

}  // namespace

std::optional<PortNeed> need_of(const NodePort& port, const Node& here, const Domain& domain,
                                const Doors& doors) {
  if (is_foreign(port, here)) return std::nullopt;
  const Circumstances node{.role = here.role, .domain = domain, .doors = doors};
  if (port.id == "kubeRouterBgp" && node.runs(ComponentKind::kube_router))
    return PortNeed{"kube-router runs",
                    "the other nodes do not learn the way to the pods of this one"};
  if (port.id == "calicoVxlan" && node.runs(ComponentKind::calico_node) &&
      node.has_vxlan_to_others())
    return PortNeed{"Calico encapsulates in VXLAN", "packets from pods of other nodes are lost"};
  if (port.id == "kubelet" && node.runs(ComponentKind::kubelet))
    return PortNeed{"kubelet runs",
                    "logs, exec, port-forward and metrics of this node do not work"};
  if (port.id == "vrrp" && node.runs(ComponentKind::keepalived))
    return PortNeed{"keepalived runs", "every controller takes the virtual address for itself"};
  if (port.way == Packet::Way::output && is_worker(node.role))
    return PortNeed{"a worker connects to its controllers",
                    "this worker cannot connect to its controllers"};
  return port.way == Packet::Way::input ? need_of_controller(port, node) : std::nullopt;
}

std::string_view why_not_needed(const NodePort& port, const Node& here) {
  if (is_foreign(port, here)) return "only k0s has it, and this node is not k0s";
  if (port.way == Packet::Way::output) return "this is no worker";
  if (port.id == "kubeRouterBgp") return "kube-router does not run";
  if (port.id == "calicoVxlan")
    return "Calico does not run, not with VXLAN, or knows no other node";
  if (port.id == "kubelet") return "kubelet does not run";
  if (port.id == "vrrp") return "keepalived does not run";
  return is_controller(here.role) ? "no socket listens there" : "this is no controller";
}

}  // namespace iptmode::checks
