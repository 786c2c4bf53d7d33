// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace iptmode {

/// Where the zones of a Firewalld were learnt.
enum class FirewalldSource : std::uint8_t {
  none,    ///< nothing of them could be read
  daemon,  ///< the running daemon, over D-Bus: what it applies now
  files,   ///< /etc/firewalld over /usr/lib/firewalld: what the next start or reload applies
};
[[nodiscard]] std::string_view to_string(FirewalldSource source) noexcept;

/// The settings of firewalld.conf(5) that matter here. Absent: it could not be read.
struct FirewalldSettings {
  std::optional<std::string> backend = {};  ///< FirewallBackend: "nftables" or "iptables"
  std::optional<bool> flush_all_on_reload = {};
  std::optional<bool> nftables_table_owner = {};  ///< absent too where this firewalld has no such
  std::optional<std::string> default_zone = {};
  bool operator==(const FirewalldSettings&) const = default;
};

/// A zone: firewalld.zone(5).
struct FirewalldZone {
  std::string name = {};
  std::string target = "default";  ///< "default", "ACCEPT", "DROP", "%%REJECT%%"
  bool is_default = false;         ///< takes what no zone claims
  bool forward = false;            ///< packets from the zone to the zone itself
  bool masquerade = false;
  std::vector<std::string> interfaces = {};     ///< sorted; "cali+" is a prefix
  std::vector<std::string> sources = {};        ///< sorted; "10.244.0.0/16", "ipset:pods"
  std::vector<std::string> services = {};       ///< sorted; "ssh"
  std::vector<std::string> ports = {};          ///< sorted; "6443/tcp", "30000-32767/tcp"
  std::vector<std::string> service_ports = {};  ///< sorted; what the services open
  std::vector<std::string> protocols = {};      ///< sorted; "vrrp"
  std::uint64_t rich_rules = 0;
  bool operator==(const FirewalldZone&) const = default;

  /// It is bound to something, or it is the default zone.
  [[nodiscard]] bool active() const {
    return is_default || !interfaces.empty() || !sources.empty();
  }
};

/// A policy between zones, firewalld.policy(5), as far as its target goes.
struct FirewalldPolicy {
  std::string name = {};
  std::string target = "CONTINUE";  ///< "ACCEPT", "CONTINUE", "DROP", "REJECT"
  bool masquerade = false;
  std::vector<std::string> ingress_zones = {};  ///< sorted; "ANY", "HOST" or names of zones
  std::vector<std::string> egress_zones = {};
  bool operator==(const FirewalldPolicy&) const = default;
};

/// firewalld on the host. It writes nothing into the snapshot that was not asked for: no call of
/// the collector changes its state.
struct Firewalld {
  bool running = false;         ///< by its process or the owner of its name on the system bus
  std::int32_t pid = 0;         ///< 0: no process was found
  std::string bus_owner = {};   ///< ":1.7"; empty: nobody owns the name, or the bus was not reached
  std::string version = {};     ///< "1.3.3"; empty if not known
  FirewalldSettings file = {};  ///< as /etc/firewalld/firewalld.conf has it, defaults filled in
  FirewalldSettings daemon = {};                   ///< as the daemon says
  FirewalldSource source = FirewalldSource::none;  ///< of the zones and policies
  std::vector<FirewalldZone> zones = {};           ///< the active ones, sorted by name
  std::vector<FirewalldPolicy> policies = {};      ///< the active ones, sorted by name
  bool operator==(const Firewalld&) const = default;

  /// The setting of the daemon, else that of the file.
  [[nodiscard]] std::optional<bool> flushes_on_reload() const;
  [[nodiscard]] const FirewalldZone* default_zone() const;
};

}  // namespace iptmode
