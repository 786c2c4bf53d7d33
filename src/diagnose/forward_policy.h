// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

#include "iptmode/snapshot.h"

/// Firewalls that drop what is forwarded unless a rule accepts it, and whether the network plugin's
/// rules are where they can. A packet passes the base chains of both backends: an ACCEPT in one
/// does not save it from the other's policy.
namespace iptmode::checks {

/// The chain FORWARD of a filter table whose policy is DROP.
struct ForwardDrop {
  Backend backend = {};
  IpFamily family = {};
  OwnerSet plugins = {};  ///< network plugins with rules in this very table
};

/// The tables in which one of `firewall` has rules or chains and FORWARD drops by policy.
[[nodiscard]] std::vector<ForwardDrop> forward_drops_of(const NetworkState& network,
                                                        OwnerSet firewall);

/// The chain FORWARD of iptables drops by policy in either backend: whoever is not accepted there.
[[nodiscard]] bool any_forward_drops(const NetworkState& network);

/// "filter table, nf_tables, ipv4: policy of FORWARD is DROP; kube-router has rules there"
[[nodiscard]] std::string describe(const ForwardDrop& drop);

/// The backends in which `owner` has rules.
[[nodiscard]] std::vector<Backend> backends_with_rules(const NetworkState& network, OwnerSet owner);

}  // namespace iptmode::checks
