// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace iptmode {

/// A place in a settings file where all tables of a family, or of every family, are deleted.
struct RulesetFlush {
  std::string file = {};  ///< "/etc/nftables.conf"; a unit's file for a command in it
  std::uint32_t line = 0;
  std::string family = {};  ///< "inet"; empty: of every family
  bool operator==(const RulesetFlush&) const = default;

  /// The tables of iptables-nft go with it.
  [[nodiscard]] bool takes_iptables() const {
    return family.empty() || family == "ip" || family == "ip6";
  }
};

/// The service that nftables' package brings: it loads a file at boot.
struct NftablesService {
  std::string unit = {};  ///< the file that counts: "/lib/systemd/system/nftables.service"
  /// The link that starts it at boot: "/etc/systemd/system/sysinit.target.wants/nftables.service".
  /// Empty: it is not enabled.
  std::string enabled_by = {};
  std::vector<RulesetFlush> at_start =
      {};  ///< at start or reload: in the files it loads, or its unit
  std::vector<RulesetFlush> at_stop = {};  ///< in its unit: for stop, and so for a restart
  bool operator==(const NftablesService&) const = default;
};

/// ufw as its own files have it; whether its rules are in the kernel is in NetworkState.
struct UfwSettings {
  std::optional<bool> enabled = {};  ///< ENABLED of /etc/ufw/ufw.conf
  std::string forward_policy =
      {};  ///< DEFAULT_FORWARD_POLICY of /etc/default/ufw: "DROP"; empty if not set
  bool operator==(const UfwSettings&) const = default;
};

/// A port of the node that leads into a pod, as the CNI plugin portmap was asked for it: from the
/// results that libcni keeps (cniCacheV1). The cache outlives a crash, so see `running`.
struct HostPort {
  std::string pod = {};           ///< "default/web-0"; empty if libcni was not told
  std::string container_id = {};  ///< of the pod's sandbox
  std::string network = {};       ///< the CNI network's name
  std::string address = {};       ///< hostIP; empty: every address of the node
  std::uint16_t port = 0;         ///< of the node
  std::uint16_t container_port = 0;
  std::string protocol = {};         ///< "tcp", "udp", "sctp"
  std::optional<bool> running = {};  ///< the sandbox, by containerd's state; absent: not known
  bool operator==(const HostPort&) const = default;
};

/// What programs that write firewall rules were told in files of the host.
struct HostSettings {
  std::optional<NftablesService> nftables_service = {};  ///< absent: there is no such unit
  std::optional<UfwSettings> ufw = {};                   ///< absent: it is not installed
  std::vector<HostPort> host_ports = {};                 ///< sorted by pod, port, protocol; bounded
  bool operator==(const HostSettings&) const = default;
};

}  // namespace iptmode
