// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/component.h"

#include <algorithm>

namespace iptmode {

const std::vector<ComponentTraits>& all_component_traits() {
  using Kind = ComponentKind;
  using Use = IptablesUse;
  // Sorted as ComponentKind: traits() indexes it.
  static const std::vector<ComponentTraits> rows{
      {Kind::k0s, "k0s", Use::none, {}, true, false},
      {Kind::kubelet, "kubelet", Use::by_link, Owner::kubelet, true, false},
      {Kind::containerd, "containerd", Use::none, {}, false, false},
      {Kind::kube_proxy, "kube-proxy", Use::by_link, Owner::kube_proxy, true, true},
      {Kind::kube_router, "kube-router", Use::by_link, Owner::kube_router, true, true},
      {Kind::calico_node, "calico-node", Use::by_name, Owner::felix, true, true},
      {Kind::flanneld, "flanneld", Use::by_link, Owner::flannel, true, true},
      {Kind::cilium_agent, "cilium-agent", Use::by_link, Owner::cilium, true, true},
      {Kind::antrea_agent, "antrea-agent", Use::by_link, Owner::antrea, true, true},
      {Kind::dockerd, "dockerd", Use::by_link, Owner::docker, false, false},
      {Kind::firewalld, "firewalld", Use::native, Owner::firewalld, false, false},
      {Kind::fail2ban, "fail2ban-server", Use::by_link, Owner::fail2ban, false, false},
      {Kind::tailscaled, "tailscaled", Use::by_link, Owner::tailscale, false, false},
      {Kind::keepalived, "keepalived", Use::native, Owner::keepalived, false, false},
      {Kind::libvirtd, "libvirtd", Use::by_link, Owner::libvirt, false, false},
  };
  return rows;
}

const ComponentTraits& traits(ComponentKind kind) {
  return all_component_traits().at(static_cast<std::size_t>(kind));
}

std::string_view to_string(ComponentKind kind) {
  return traits(kind).name;
}

std::optional<ComponentKind> component_from_string(std::string_view name) {
  const auto& all = all_component_traits();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const ComponentTraits& row) { return row.name == name; });
  if (found == all.end()) return std::nullopt;
  return found->kind;
}

std::string_view to_string(ImpostorReason reason) noexcept {
  switch (reason) {
    case ImpostorReason::none: return "none";
    case ImpostorReason::other_network: return "otherNetwork";
    case ImpostorReason::no_net_admin: return "noNetAdmin";
    case ImpostorReason::other_user_namespace: return "otherUserNamespace";
  }
  return "invalid";
}

}  // namespace iptmode
