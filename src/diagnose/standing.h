// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "diagnose/domains.h"
#include "iptmode/snapshot.h"

namespace iptmode::checks {

/// On which side somebody stands who writes iptables rules: by effect (where its rules are) before
/// binary (what its next call uses). Borrows from the snapshot.
struct Standing {
  std::string subject = {};
  std::string name = {};                       ///< "kube-router", for sentences
  const Component* component = nullptr;        ///< null for k0s' bin directory without a kubelet
  const Installation* installation = nullptr;  ///< null when it was not looked at
  OwnerSet owner = {};
  OwnerUse legacy = {};                ///< what is its own in the iptables tables of legacy
  OwnerUse nft = {};                   ///< and of nf_tables
  bool rules_read = false;             ///< both backends were
  std::optional<Backend> effect = {};  ///< the one backend that holds its rules
  bool in_both = false;                ///< both hold some of one address family: one copy is stale
  /// Its IPv6 rules are in the other backend than its IPv4 rules (`effect`).
  bool families_apart = false;
  std::optional<Backend> binary = {};  ///< what its next call uses
  bool pending = false;                ///< a wrapper in its image has not chosen yet

  [[nodiscard]] std::optional<Backend> side() const;
  [[nodiscard]] const OwnerUse& use_in(Backend backend) const;
  [[nodiscard]] bool is(ComponentKind kind) const;
};

/// Everybody in this domain who writes iptables rules of its own: components, kubelet with k0s' bin
/// directory behind it, or the bin directory alone where no kubelet runs and the node is no mere
/// controller. kube-proxy and felix in nftables mode are not among them.
[[nodiscard]] std::vector<Standing> standings_of(const Domain& domain, const Snapshot& snapshot);

/// The side that the others are measured by: where kubelet (its hint, k0s' bin directory) and
/// kube-proxy are when they agree, else where most of Kubernetes' components are, else where
/// kubelet is, else where most of the others are. Nothing when nobody's side is known.
[[nodiscard]] std::optional<Backend> node_backend(const std::vector<Standing>& standings);

/// "56 rules in legacy (KUBE-ROUTER-*), none in nf_tables"; for kubelet its hint chains.
[[nodiscard]] std::string describe_rules(const Standing& standing);

/// Subject, program and rules in one line.
[[nodiscard]] std::string describe(const Standing& standing);

/// "nf_tables: also 4 rules of writers that are not known"; "" where there are none.
[[nodiscard]] std::string describe_unknown_writers(const NetworkState& network, Backend backend);

/// "kubelet's hint is in nf_tables", "... in legacy and in nf_tables", "... nowhere"; says what was
/// not read.
[[nodiscard]] std::string describe_hint(const NetworkState& network);

}  // namespace iptmode::checks
