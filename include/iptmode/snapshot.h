// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "iptmode/component.h"
#include "iptmode/cross_reading.h"
#include "iptmode/firewalld.h"
#include "iptmode/host_settings.h"
#include "iptmode/host_writer.h"
#include "iptmode/installation.h"
#include "iptmode/kernel_state.h"
#include "iptmode/node_networks.h"

namespace iptmode {

/// A group of facts that a gap can hide and that a check can need.
enum class Fact : std::uint8_t {
  processes,      ///< which components run
  k0s,            ///< k0s' bin directory and settings
  host_iptables,  ///< the host's own installation
  installations,  ///< a component's installation
  declared,       ///< a component's settings
  legacy_rules,
  nft_rules,
  kernel_support,
  host_settings,  ///< files of the host about other firewalls, and hostPorts
  firewalld,      ///< whether it runs, its settings and zones
  node_networks,  ///< pod and service networks, interfaces, tunnels
  host_writers,   ///< who uses the host's iptables
  listeners,      ///< default routes and listening sockets
  packet_path,    ///< the rules that a packet can meet
};
[[nodiscard]] std::string_view to_string(Fact fact) noexcept;

/// Something the run could not see. A report must not look complete without it.
struct Gap {
  std::string subject = {};  ///< "kube-proxy (pid 4711)", "table nat, legacy, ipv4"
  std::string reason = {};   ///< "setns: Operation not permitted"
  std::optional<Fact> hides =
      {};  ///< the facts that may be missing; nothing: no check depends on it
  bool operator==(const Gap&) const = default;
};

enum class NodeRole : std::uint8_t { none, worker, controller, controller_worker };
[[nodiscard]] std::string_view to_string(NodeRole role) noexcept;  ///< "controllerWorker"

enum class Distribution : std::uint8_t { none, k0s, embedded_cluster };
[[nodiscard]] std::string_view to_string(
    Distribution distribution) noexcept;  ///< "embeddedCluster"

struct Node {
  std::string hostname = {};
  std::string kernel = {};      ///< uname release
  std::string os_id = {};       ///< ID of os-release
  std::string os_version = {};  ///< VERSION_ID of os-release
  NodeRole role = NodeRole::none;
  Distribution distribution = Distribution::none;
  NamespaceId network_namespace = 0;  ///< pid 1's: the node's own
  bool operator==(const Node&) const = default;
};

/// k0s as found on disk and, where it runs, as it says itself.
struct K0s {
  std::string data_dir = {};  ///< "/var/lib/k0s"; empty if only the bin directory is known
  std::string bin_dir = {};   ///< "/var/lib/k0s/bin"
  std::string found_by =
      {};  ///< "--data-dir", "status socket", "k0s process", "kubelet", "default"
  std::string mode = "auto";  ///< --iptables-mode as given; not validated by k0s
  std::string version = {};   ///< "v1.32.4+k0s.0"; empty if not known
  bool running = false;
  Installation installation = {};  ///< search_path is bin_dir alone
  std::uint32_t bin_mode = 0;      ///< permission bits of the directory
  bool operator==(const K0s&) const = default;
};

/// Everything one run saw of one node: plain data, no descriptor, no clock. Everything after it is
/// a pure function of it.
struct Snapshot {
  std::string tool_version = {};
  std::int64_t taken_at = 0;  ///< seconds since 1970, UTC
  Node node = {};
  std::optional<K0s> k0s = {};
  std::optional<Installation> host = {};  ///< absent: could not be looked at (a gap says why)
  std::vector<Component> components =
      {};  ///< sorted by network namespace (node's first), kind, pid
  KernelSupport support = {};
  std::vector<NetworkState> networks =
      {};  ///< the node's own first, then the others that hold a node
  std::optional<CrossReading> cross_reading = {};  ///< absent: not looked for
  std::optional<HostSettings> host_settings = {};  ///< absent: could not be looked at
  std::optional<Firewalld> firewalld = {};         ///< absent: not installed, or not read (a gap)
  NodeNetworks node_networks = {};
  std::vector<HostWriter> host_writers = {};  ///< sorted by kind, writer, evidence; bounded
  std::vector<Gap> gaps = {};                 ///< sorted by subject, reason
  bool operator==(const Snapshot&) const = default;

  /// The node's own network state; an empty one with no parts read when it is not there.
  [[nodiscard]] const NetworkState& network() const;
  [[nodiscard]] const NetworkState* network_of(NamespaceId id) const;
};

/// In which backends the chains that only this component writes are, in its own network namespace.
/// A native nft table of its own counts as nf_tables.
[[nodiscard]] std::vector<Backend> effective_backends(const Component& component,
                                                      const Snapshot& snapshot);

}  // namespace iptmode
