// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnose/node_commands.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "diagnose/standing.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

/// What a flush has to touch in one family of one backend.
struct Tables {
  IpFamily family = {};
  std::vector<std::string> names = {};
  std::vector<std::string> policies = {};  ///< "-t filter -P FORWARD ACCEPT"
};

template <class Table>
void add_table(Tables& tables, const Table& table) {
  tables.names.push_back(table.name);
  for (const BaseChain& chain : table.base_chains)
    if (chain.policy == "drop")
      tables.policies.push_back(fmt::format("-t {} -P {} ACCEPT", table.name, chain.name));
}

Tables tables_of(const NetworkState& network, Backend backend, IpFamily family) {
  Tables tables{.family = family};
  if (backend == Backend::legacy && network.legacy) {
    for (const LegacyTable& table : *network.legacy)
      if (table.family == family) add_table(tables, table);
  }
  if (backend == Backend::nf_tables && network.nft) {
    for (const NftTable& table : *network.nft)
      if (table.compat && table.family == (family == IpFamily::ipv4 ? "ip" : "ip6"))
        add_table(tables, table);
  }
  return tables;
}

std::vector<std::string> owners_in(const NetworkState& network, Backend backend) {
  std::set<std::string> names;
  for (const OwnerUse& use : network.users_of(backend))
    names.insert(use.owners.empty() ? "writers it does not know" : to_string(use.owners));
  return {names.begin(), names.end()};
}

bool keeps_rules_in(const Standing& standing, Backend backend) {
  const OwnerUse& use = standing.use_in(backend);
  const auto writes = standing.binary ? standing.binary : standing.effect;
  return writes == backend && (use.rules > 0 || use.chains > 0);
}

/// Who would lose live rules if `backend` were emptied. ufw is a command, not a daemon: its rules
/// are live as long as they are there.
std::vector<std::string> residents_of(const Snapshot& snapshot, const NetworkState& network,
                                      Backend backend, OwnerSet leaving) {
  std::set<std::string> names;
  for (const Domain& domain : domains_of(snapshot)) {
    if (domain.network->network_namespace != network.network_namespace) continue;
    for (const Standing& standing : standings_of(domain, snapshot))
      if (!leaving.intersects(standing.owner) && keeps_rules_in(standing, backend))
        names.insert(standing.name);
  }
  if (!leaving.contains(Owner::ufw) && network.use_of(Owner::ufw, backend).rules > 0)
    names.insert("ufw");
  return {names.begin(), names.end()};
}

/// Where a component's pods are, as the usual manifests label them.
struct PodLabel {
  ComponentKind kind = {};
  std::string_view name_space = {};
  std::string_view selector = {};
};
constexpr std::array kPodLabels{
    PodLabel{ComponentKind::kube_proxy, "kube-system", "k8s-app=kube-proxy"},
    PodLabel{ComponentKind::kube_router, "kube-system", "k8s-app=kube-router"},
    PodLabel{ComponentKind::calico_node, "kube-system", "k8s-app=calico-node"},
    PodLabel{ComponentKind::cilium_agent, "kube-system", "k8s-app=cilium"},
    PodLabel{ComponentKind::flanneld, "kube-flannel", "app=flannel"},
    PodLabel{ComponentKind::antrea_agent, "kube-system", "component=antrea-agent"},
};

}  // namespace

std::string command_for(const Snapshot& snapshot, Backend backend, IpFamily family,
                        std::string_view applet) {
  std::string name{applet};
  if (family == IpFamily::ipv6) name.replace(0, 2, "ip6");
  const std::string_view side = backend == Backend::legacy ? "legacy" : "nft";
  if (snapshot.k0s && snapshot.k0s->installation.available(backend).present)
    return fmt::format("{}/xtables-{}-multi {}", snapshot.k0s->bin_dir, side, name);
  const std::size_t stem = name.find('-');
  if (stem == std::string::npos) return fmt::format("{}-{}", name, side);
  return fmt::format("{}-{}{}", name.substr(0, stem), side, name.substr(stem));
}

std::string stop_node(const Snapshot& snapshot) {
  return snapshot.k0s ? "k0s stop" : "systemctl stop kubelet";
}

std::string start_node(const Snapshot& snapshot) {
  return snapshot.k0s ? "k0s start" : "systemctl start kubelet";
}

std::string switch_host(Backend backend) {
  return fmt::format(
      "bring the host's iptables and ip6tables to {0} (Debian: update-alternatives --set iptables "
      "/usr/sbin/iptables-{1}; update-alternatives --set ip6tables /usr/sbin/ip6tables-{1})",
      to_string(backend), backend == Backend::legacy ? "legacy" : "nft");
}

bool host_is_on(const Snapshot& snapshot, Backend backend) {
  const auto leads_there = [&](std::string_view name) {
    const Program* const program = snapshot.host->find(name);
    return program != nullptr && program->identity().backend == backend;
  };
  return snapshot.host && leads_there("iptables") && leads_there("ip6tables");
}

std::string keep_change(const Snapshot& snapshot, bool native) {
  std::string step = "then say the same to whatever loads these rules, or the next start undoes it";
  const bool known = snapshot.host_settings && snapshot.host_settings->nftables_service;
  if (!native || !known) return step;
  const NftablesService& service = *snapshot.host_settings->nftables_service;
  if (service.enabled_by.empty()) return step;
  const auto file = std::ranges::find_if(
      service.at_start, [&](const RulesetFlush& flush) { return flush.file != service.unit; });
  step += file != service.at_start.end()
              ? fmt::format(": look into {}, which nftables.service loads", file->file)
              : std::string{": look into the files that nftables.service loads"};
  return step;
}

std::vector<std::string> flush(const Snapshot& snapshot, const NetworkState& network,
                               Backend backend) {
  std::vector<std::string> steps;
  for (const IpFamily family : kAllIpFamilies) {
    const Tables tables = tables_of(network, backend, family);
    if (tables.names.empty()) continue;
    const std::string command = command_for(snapshot, backend, family);
    steps.push_back(fmt::format("{} > /root/{}-{}.saved",
                                command_for(snapshot, backend, family, "iptables-save"),
                                to_string(backend), to_string(family)));
    for (const std::string& policy : tables.policies)
      steps.push_back(fmt::format("{} {}", command, policy));
    steps.push_back(fmt::format("for t in {}; do {} -t $t -F; {} -t $t -X; done",
                                fmt::join(tables.names, " "), command, command));
  }
  if (steps.empty()) return steps;
  if (const auto owners = owners_in(network, backend); !owners.empty())
    steps.insert(steps.begin(), fmt::format("know what you remove: in {} are rules of {}",
                                            to_string(backend), fmt::join(owners, ", ")));
  return steps;
}

std::vector<std::string> clear_backend(const Snapshot& snapshot, const NetworkState& network,
                                       Backend backend, OwnerSet leaving) {
  const std::vector<std::string> flushing = flush(snapshot, network, backend);
  std::vector<std::string> steps{
      fmt::format("reboot the node: what is in {} does not outlive it", to_string(backend))};
  if (flushing.empty()) return steps;
  if (const auto names = residents_of(snapshot, network, backend, leaving); !names.empty()) {
    steps.push_back(fmt::format("do not empty {} by hand: {} {} rules there", to_string(backend),
                                join_names(names), names.size() == 1 ? "keeps" : "keep"));
    return steps;
  }
  steps.push_back("or, without a reboot: " + stop_node(snapshot));
  steps.insert(steps.end(), flushing.begin(), flushing.end());
  steps.push_back(start_node(snapshot));
  return steps;
}

std::vector<std::string> remove_hint(const Snapshot& snapshot, const NetworkState& network,
                                     Backend backend) {
  // KUBE-KUBELET-CANARY is in three tables, and k0s looks into all of them.
  constexpr std::array kMarked{"mangle", "nat", "filter"};
  const auto hints = network.hints.find(backend);
  std::vector<std::string> steps;
  for (std::size_t i = 0; hints != network.hints.end() && i < kAllIpFamilies.size(); ++i) {
    const IpFamily family = kAllIpFamilies.at(i);
    const std::string command = command_for(snapshot, backend, family);
    const std::vector<std::string> existing = tables_of(network, backend, family).names;
    if (hints->second.at(i).ipt_hint)
      steps.push_back(fmt::format("{} -t mangle -X KUBE-IPTABLES-HINT", command));
    if (!hints->second.at(i).canary) continue;
    for (const std::string_view table : kMarked)
      if (std::ranges::find(existing, table) != existing.end())
        steps.push_back(fmt::format("{} -t {} -X KUBE-KUBELET-CANARY", command, table));
  }
  return steps;
}

std::string mode_flag(Backend backend) {
  return backend == Backend::legacy ? "--iptables-mode=legacy" : "--iptables-mode=nft";
}

std::string renew(const Component& component, const Snapshot& snapshot) {
  const auto label = std::ranges::find(kPodLabels, component.kind, &PodLabel::kind);
  const bool in_pod = !component.container_id.empty() || !component.pod_uid.empty();
  if (!in_pod && !traits(component.kind).in_container)
    return fmt::format("restart {}", to_string(component.kind));
  if (label == kPodLabels.end())
    return fmt::format("delete the pod of {} on this node (a restarted process keeps its links)",
                       to_string(component.kind));
  return fmt::format(
      "delete the pod (a restarted process keeps its links): kubectl -n {} delete pod -l {} "
      "--field-selector spec.nodeName={}",
      label->name_space, label->selector,
      snapshot.node.hostname.empty() ? "<this node>" : snapshot.node.hostname);
}

}  // namespace iptmode::checks
