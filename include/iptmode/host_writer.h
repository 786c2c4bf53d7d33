// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace iptmode {

/// What makes somebody a user of the host's own iptables.
enum class HostWriterKind : std::uint8_t {
  process,     ///< a daemon that runs now and calls iptables
  service,     ///< a service that is enabled and calls it at boot: ufw, netfilter-persistent
  unit,        ///< a systemd unit of the administrator with iptables in a command
  script,      ///< rc.local, a script of ifupdown or NetworkManager, a job of cron
  rules_file,  ///< a file that iptables-restore loads at boot
};
[[nodiscard]] std::string_view to_string(HostWriterKind kind) noexcept;

/// Somebody on the host who writes rules with the host's iptables, so that its backend and version
/// matter.
struct HostWriter {
  HostWriterKind kind = {};
  std::string writer = {};    ///< "ufw", "fail2ban (pid 811)", "/etc/rc.local"
  std::string evidence = {};  ///< "/etc/rc.local:4: iptables -A INPUT -j DROP"
  bool operator==(const HostWriter&) const = default;
};

}  // namespace iptmode
