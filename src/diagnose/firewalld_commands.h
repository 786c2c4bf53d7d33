// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "iptmode/snapshot.h"

/// Steps of a remedy for firewalld. They leave out the reload wherever firewalld can do without:
/// unless FlushAllOnReload=no it empties iptables' tables, and nobody renews the hostPorts in them.
namespace iptmode::checks {

/// The same change to what firewalld applies now and to what it applies after its next start:
/// {"firewall-cmd --zone=k0s --add-forward", "firewall-cmd --permanent --zone=k0s --add-forward"}.
/// An empty zone is the default one.
[[nodiscard]] std::vector<std::string> change_zone(std::string_view zone, std::string_view change);

/// The zone that takes what other nodes send to this one: by their addresses, as far as they are
/// neighbours, by the uplink, else the default zone. Empty where no zone is known.
[[nodiscard]] std::string zone_of_uplink(const Snapshot& snapshot, IpFamily family);

/// Whether a reload takes the hostPorts of running pods: one line for each backend that holds them.
/// Empty as well where firewalld is known to spare them.
[[nodiscard]] std::vector<std::string> host_ports_lost_by_reload(const Snapshot& snapshot);

/// The reload, where nothing else will do, with what has to be done after it on this node.
[[nodiscard]] std::vector<std::string> reload_steps(const Snapshot& snapshot);

}  // namespace iptmode::checks
