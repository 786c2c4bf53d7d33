// SPDX-License-Identifier: GPL-2.0-or-later
#include "snapshot_builder.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace iptmode::testing {
namespace {

constexpr std::string_view kK0sBin = "/var/lib/k0s/bin";

template <class Table>
void recount(Table& table) {
  table.rules = 0;
  table.chains = table.base_chains.size();
  for (const OwnerUse& use : table.owners) {
    table.rules += use.rules;
    table.chains += use.chains;
  }
}

}  // namespace

NodeBuilder::NodeBuilder() {
  snapshot_.tool_version = "0.1.0";
  snapshot_.taken_at = 1767261600;
  snapshot_.node = {.hostname = "worker-3",
                    .kernel = "6.12.9",
                    .os_id = "debian",
                    .os_version = "12",
                    .role = NodeRole::worker,
                    .distribution = Distribution::k0s,
                    .network_namespace = kNodeNetwork};
  snapshot_.support = {.legacy = Support::yes,
                       .nft = Support::yes,
                       .legacy_evidence = "CONFIG_IP_NF_IPTABLES=m",
                       .nft_evidence = "CONFIG_NF_TABLES=m"};
  for (const char* module : {"ipt_REJECT", "nft_compat", "xt_CT", "xt_MASQUERADE", "xt_NFLOG",
                             "xt_addrtype", "xt_comment", "xt_conntrack", "xt_limit", "xt_mark",
                             "xt_multiport", "xt_nat", "xt_recent", "xt_set", "xt_statistic"})
    snapshot_.support.extensions.push_back({module, Support::yes, "modules.dep"});
  snapshot_.host = an_installation().build();
  snapshot_.host_settings.emplace();
  network();
}

NodeBuilder& NodeBuilder::with(const ComponentBuilder& component) {
  return without(component.build().kind).also(component);
}

NodeBuilder& NodeBuilder::also(const ComponentBuilder& component) {
  snapshot_.components.push_back(component.build());
  return *this;
}

NodeBuilder& NodeBuilder::without(ComponentKind kind) {
  std::erase_if(snapshot_.components, [&](const Component& old) { return old.kind == kind; });
  return *this;
}

NodeBuilder& NodeBuilder::without_components() {
  snapshot_.components.clear();
  return *this;
}

NodeBuilder& NodeBuilder::k0s_bin(Backend backend, std::string_view version) {
  return k0s_bin(
      an_installation(std::string{kK0sBin}).multi(other(backend), version).links(backend, version));
}

NodeBuilder& NodeBuilder::k0s_bin(const InstallationBuilder& installation) {
  if (!snapshot_.k0s) {
    snapshot_.k0s = K0s{.data_dir = "/var/lib/k0s",
                        .bin_dir = std::string{kK0sBin},
                        .found_by = "status socket",
                        .version = "v1.32.4+k0s.0",
                        .running = true};
    snapshot_.k0s->bin_mode = 0750;
  }
  snapshot_.k0s->installation = installation.build();
  return *this;
}

NodeBuilder& NodeBuilder::k0s_mode(std::string mode) {
  snapshot_.k0s->mode = std::move(mode);
  return *this;
}

NodeBuilder& NodeBuilder::k0s_stopped() {
  snapshot_.k0s->running = false;
  snapshot_.k0s->found_by = "default";
  return without(ComponentKind::k0s);
}

NodeBuilder& NodeBuilder::without_k0s() {
  snapshot_.k0s.reset();
  snapshot_.node.distribution = Distribution::none;
  return without(ComponentKind::k0s);
}

NodeBuilder& NodeBuilder::host_iptables(Backend backend, std::string_view version) {
  return host(an_installation().multi(other(backend), version).links(backend, version));
}

NodeBuilder& NodeBuilder::host(const InstallationBuilder& installation) {
  snapshot_.host = installation.build();
  return *this;
}

NodeBuilder& NodeBuilder::role(NodeRole role) {
  snapshot_.node.role = role;
  return *this;
}

NodeBuilder& NodeBuilder::support(Support legacy, Support nft) {
  snapshot_.support.legacy = legacy;
  snapshot_.support.nft = nft;
  return *this;
}

NodeBuilder& NodeBuilder::unread(Backend backend, std::string reason) {
  network().hints.erase(backend);
  if (backend == Backend::legacy) {
    network().legacy.reset();
    return gap(Fact::legacy_rules, "legacy tables", std::move(reason));
  }
  network().nft.reset();
  network().generation.reset();
  return gap(Fact::nft_rules, "nft tables", std::move(reason));
}

NodeBuilder& NodeBuilder::gap(Fact fact, std::string subject, std::string reason) {
  snapshot_.gaps.push_back(
      {.subject = std::move(subject), .reason = std::move(reason), .hides = fact});
  return *this;
}

NodeBuilder& NodeBuilder::in_network(NamespaceId id) {
  network_ = id;
  network();
  return *this;
}

NodeBuilder& NodeBuilder::edit(const std::function<void(Snapshot&)>& change) {
  change(snapshot_);
  return *this;
}

Snapshot NodeBuilder::build() const {
  Snapshot snapshot = snapshot_;
  const auto by_owner = [](const OwnerUse& use) {
    return std::pair{use.owners.empty(), use.owners};
  };
  for (NetworkState& network : snapshot.networks) {
    if (network.legacy) {
      for (LegacyTable& table : *network.legacy) {
        recount(table);
        std::ranges::sort(table.owners, {}, by_owner);
      }
      std::ranges::sort(*network.legacy, {}, [](const auto& table) {
        return std::pair{table.family, table.name};
      });
    }
    if (network.nft) {
      for (NftTable& table : *network.nft)
        if (table.compat) {
          recount(table);
          std::ranges::sort(table.owners, {}, by_owner);
        }
      std::ranges::sort(*network.nft, {}, [](const auto& table) {
        return std::pair{table.family, table.name};
      });
    }
  }
  std::ranges::sort(snapshot.components, {}, [&](const Component& component) {
    return std::tuple{component.network_namespace != snapshot.node.network_namespace,
                      component.network_namespace, component.kind, component.pid};
  });
  std::ranges::sort(snapshot.gaps, {}, [](const Gap& gap) {
    return std::pair{gap.subject, gap.reason};
  });
  return snapshot;
}

NodeBuilder a_node() {
  NodeBuilder node;
  node.k0s_bin(Backend::nf_tables, "1.8.9")
      .with(a_component(ComponentKind::k0s, 812))
      .with(kubelet())
      .with(a_component(ComponentKind::containerd, 880))
      .with(kube_proxy())
      .with(kube_router())
      .hint(Backend::nf_tables)
      .nat_rules(Backend::nf_tables, Owner::kube_proxy, 2800)
      .nft_rules(Owner::kube_proxy, 112)
      .nft_rules(Owner::kube_router, 56);
  return node;
}

NodeBuilder a_plain_machine() {
  NodeBuilder node;
  node.role(NodeRole::none).without_k0s();
  return node;
}

}  // namespace iptmode::testing
