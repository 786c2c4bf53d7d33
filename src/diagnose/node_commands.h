// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

#include "iptmode/snapshot.h"

/// Steps of a remedy, spelt for this node: its k0s, its paths, its tables. Each is one line.
namespace iptmode::checks {

/// "/var/lib/k0s/bin/xtables-legacy-multi iptables"; "iptables-legacy" where k0s brings none.
[[nodiscard]] std::string command_for(const Snapshot& snapshot, Backend backend, IpFamily family,
                                      std::string_view applet = "iptables");

/// "k0s stop", or how to stop the kubelet where no k0s runs.
[[nodiscard]] std::string stop_node(const Snapshot& snapshot);
[[nodiscard]] std::string start_node(const Snapshot& snapshot);

/// The host's own iptables and ip6tables to one variant.
[[nodiscard]] std::string switch_host(Backend backend);
/// They are that variant already, so that there is nothing to switch.
[[nodiscard]] bool host_is_on(const Snapshot& snapshot, Backend backend);

/// The last step after a change of rules by hand: whoever loads them at the next start has to say
/// the same. Names nftables.service where that may load `native` tables here.
[[nodiscard]] std::string keep_change(const Snapshot& snapshot, bool native);

/// Saves and then empties the iptables tables of one backend in both families: only those that
/// exist (naming a legacy table would create it), policies set back to ACCEPT first. Says which
/// owners lose their rules by it. Nothing when there is no table.
[[nodiscard]] std::vector<std::string> flush(const Snapshot& snapshot, const NetworkState& network,
                                             Backend backend);

/// Stop, reboot or flush(), start: the whole way from rules of `leaving` in `backend` to a clean
/// node. Without the flush where somebody else who runs here keeps rules there: that would cut its
/// traffic.
[[nodiscard]] std::vector<std::string> clear_backend(const Snapshot& snapshot,
                                                     const NetworkState& network, Backend backend,
                                                     OwnerSet leaving);

/// Removes kubelet's hint chains from one backend and nothing else: they are empty and nobody jumps
/// to them. Nothing where there are none.
[[nodiscard]] std::vector<std::string> remove_hint(const Snapshot& snapshot,
                                                   const NetworkState& network, Backend backend);

/// "--iptables-mode=nft"
[[nodiscard]] std::string mode_flag(Backend backend);

/// "delete the pod, ...: kubectl -n kube-system delete pod ..."; for a host process: restart it.
[[nodiscard]] std::string renew(const Component& component, const Snapshot& snapshot);

}  // namespace iptmode::checks
