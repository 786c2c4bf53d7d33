// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "iptmode/backend.h"
#include "iptmode/installation.h"
#include "iptmode/owner.h"

namespace iptmode {

enum class ComponentKind : std::uint8_t {
  k0s,
  kubelet,
  containerd,
  kube_proxy,
  kube_router,
  calico_node,
  flanneld,
  cilium_agent,
  antrea_agent,
  dockerd,
  firewalld,
  fail2ban,
  tailscaled,
  keepalived,
  libvirtd,
};

/// How a component gets its rules into the kernel.
enum class IptablesUse : std::uint8_t {
  none,     ///< it does not write rules itself (k0s, containerd: they pass their PATH on)
  by_link,  ///< it runs `iptables` from its PATH (kube-proxy, kube-router, kubelet)
  by_name,  ///< it runs iptables-nft-* or iptables-legacy-* by name, whatever the link says (felix)
  native,   ///< it talks to nf_tables itself, or not to iptables at all (keepalived, firewalld by
            ///< default)
};

/// One row of the component table: everything that is specific to one component.
struct ComponentTraits {
  ComponentKind kind = {};
  std::string_view name = {};  ///< "kube-proxy", as reports print it
  IptablesUse use = IptablesUse::none;
  OwnerSet owner = {};        ///< what its chains are attributed to
  bool kubernetes = false;    ///< its presence makes this machine a Kubernetes node
  bool in_container = false;  ///< normally runs with a mount namespace of its own
};

[[nodiscard]] const ComponentTraits& traits(ComponentKind kind);
[[nodiscard]] const std::vector<ComponentTraits>& all_component_traits();
[[nodiscard]] std::string_view to_string(ComponentKind kind);  ///< traits(kind).name
[[nodiscard]] std::optional<ComponentKind> component_from_string(std::string_view name);

/// Inode number of a namespace: "net:[4026531840]" is 4026531840. 0 if it could not be read.
using NamespaceId = std::uint64_t;

/// What a component was told to use.
struct Declared {
  /// In the component's own words: "iptables", "ipvs", "nftables" for kube-proxy; "auto", "nft",
  /// "legacy" for felix and k0s; "auto" where the component decides itself and takes no setting;
  /// "unknown" when its settings could not be read.
  std::string mode = "auto";
  /// The iptables backend that this pins, if it does.
  std::optional<Backend> backend = {};
  /// It writes native nft tables and leaves iptables alone (kube-proxy nftables, felix nftables).
  bool native_nft = false;
  /// The settings that were read, each with its origin, sorted by key: {"FELIX_IPTABLESBACKEND",
  /// "auto"}.
  std::vector<std::pair<std::string, std::string>> settings = {};
  bool operator==(const Declared&) const = default;
};

/// Why a process that carries a component's name does not count as that component.
enum class ImpostorReason : std::uint8_t {
  none,           ///< it is no impostor
  other_network,  ///< it lives in a network namespace without a node of its own
  no_net_admin,   ///< it has no CAP_NET_ADMIN: it could not write a rule
  other_user_namespace,
};
[[nodiscard]] std::string_view to_string(ImpostorReason reason) noexcept;

/// One process (or one group of processes that share a mount namespace) that matters.
struct Component {
  ComponentKind kind = {};
  std::int32_t pid = 0;
  std::string command = {};     ///< executable and the arguments that identify it; no secrets
  std::string executable = {};  ///< target of /proc/<pid>/exe: a path in its own mount namespace
  NamespaceId network_namespace = 0;
  NamespaceId mount_namespace = 0;
  ImpostorReason impostor = ImpostorReason::none;
  std::string container_id = {};  ///< 64 hex digits from the cgroup path; empty outside a container
  std::string pod_uid = {};       ///< from the cgroup path; empty for host processes
  Declared declared = {};
  /// The iptables that its PATH leads to, in its own mount namespace. Absent where it was not
  /// looked at (an impostor, a component that uses none, a probe that failed: then a gap says so).
  std::optional<Installation> installation = {};
  bool operator==(const Component&) const = default;

  [[nodiscard]] bool in_node(NamespaceId node_network) const {
    return impostor == ImpostorReason::none && network_namespace == node_network;
  }
};

}  // namespace iptmode
