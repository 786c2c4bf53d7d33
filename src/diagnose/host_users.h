// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

#include "iptmode/snapshot.h"

namespace iptmode::checks {

/// Who writes with the host's own iptables and is no component: services, units, scripts, files
/// with rules. A daemon is judged by itself, through its own place. Each once, sorted.
[[nodiscard]] std::vector<std::string> writers_with_host_iptables(const Snapshot& snapshot);

/// The daemons that run and call it: "dockerd (pid 7)". Each once, sorted.
[[nodiscard]] std::vector<std::string> daemons_with_host_iptables(const Snapshot& snapshot);

/// One line for each: "ufw uses it: /etc/ufw/ufw.conf: ENABLED=yes"; the first few.
[[nodiscard]] std::vector<std::string> uses_of_host_iptables(const Snapshot& snapshot);

}  // namespace iptmode::checks
