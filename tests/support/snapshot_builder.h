// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "component_builder.h"
#include "iptmode/snapshot.h"

/// Snapshots in a few readable words. a_node() is a healthy stock k0s 1.32 worker: nothing is wrong
/// with it, so a test names only the fault it is about.
namespace iptmode::testing {

class NodeBuilder {
 public:
  NodeBuilder();  ///< see a_node()

  /// Takes the place of the component of its kind, or joins the others.
  NodeBuilder& with(const ComponentBuilder& component);
  NodeBuilder& also(const ComponentBuilder& component);  ///< a second one of its kind
  NodeBuilder& without(ComponentKind kind);              ///< the process; its rules stay
  NodeBuilder& without_components();

  NodeBuilder& k0s_bin(Backend backend, std::string_view version);
  NodeBuilder& k0s_bin(const InstallationBuilder& installation);
  NodeBuilder& k0s_mode(std::string mode);
  NodeBuilder& k0s_stopped();
  NodeBuilder& without_k0s();
  NodeBuilder& host_iptables(Backend backend, std::string_view version);
  NodeBuilder& host(const InstallationBuilder& installation);
  NodeBuilder& role(NodeRole role);
  NodeBuilder& support(Support legacy, Support nft);

  /// Sets what `owners` have in the filter table (nat_rules: the nat table, all of them
  /// translations) of one backend and family, in `network`. 0 rules takes it away.
  NodeBuilder& rules(Backend backend, OwnerSet owners, std::uint64_t rules,
                     std::string table = "filter", IpFamily family = IpFamily::ipv4);
  NodeBuilder& legacy_rules(OwnerSet owners, std::uint64_t rules, std::string table = "filter");
  NodeBuilder& nft_rules(OwnerSet owners, std::uint64_t rules, std::string table = "filter");
  NodeBuilder& nat_rules(Backend backend, OwnerSet owners, std::uint64_t rules);
  /// Takes the rules of `owners` away from every table of both backends.
  NodeBuilder& no_rules_of(OwnerSet owners);
  NodeBuilder& no_rules();  ///< no tables at all, and no hint
  /// Registers legacy tables without a rule.
  NodeBuilder& empty_legacy_table(std::string table, IpFamily family = IpFamily::ipv4);
  NodeBuilder& nft_table(NftTable table);
  NodeBuilder& policy(Backend backend, std::string table, std::string chain, std::string policy);

  NodeBuilder& hint(Backend backend);  ///< kubelet's hint is there too, both families
  NodeBuilder& hint_only_in(Backend backend);
  NodeBuilder& no_hint();
  /// That backend's rules were not read: with the gap that says so.
  NodeBuilder& unread(Backend backend, std::string reason = "Operation not permitted");
  NodeBuilder& gap(Fact fact, std::string subject, std::string reason = "Operation not permitted");

  /// The rules that are said from here on are in this network namespace.
  NodeBuilder& in_network(NamespaceId id);
  /// For what has no word of its own.
  NodeBuilder& edit(const std::function<void(Snapshot&)>& change);

  [[nodiscard]] Snapshot build() const;
  operator Snapshot() const { return build(); }  // NOLINT: a builder reads as what it builds

 private:
  NetworkState& network();
  std::vector<OwnerUse>& owners_of(Backend backend, const std::string& table, IpFamily family);
  void set_use(std::vector<OwnerUse>& uses, OwnerUse use);

  Snapshot snapshot_;
  NamespaceId network_ = kNodeNetwork;
};

/// k0s 1.32: bin directory 1.8.9 in nf_tables, kubelet's hint in nf_tables, kube-proxy 1.8.11 and
/// kube-router 1.8.9 both through a wrapper that chose nf_tables, no legacy table, both backends
/// supported.
[[nodiscard]] NodeBuilder a_node();

/// A machine that runs nothing of Kubernetes and has no rules.
[[nodiscard]] NodeBuilder a_plain_machine();

}  // namespace iptmode::testing
