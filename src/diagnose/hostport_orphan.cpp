// SPDX-License-Identifier: GPL-2.0-or-later
#include <sha2.h>

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/node_commands.h"
#include "diagnose/standing.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

/// The chain that portmap makes for one container: "CNI-DN-" and the hash of the network's name and
/// the container's id, cut to the length of a chain's name (containernetworking/plugins:
/// pkg/utils/utils.go, plugins/meta/portmap).
std::string chain_of(const HostPort& port) {
  constexpr std::size_t kChainLength = 28;
  const std::string text = port.network + port.container_id;
  std::array<char, SHA512_DIGEST_STRING_LENGTH> digest{};
  ::SHA512Data(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), digest.data());
  return (std::string{"CNI-DN-"} + digest.data()).substr(0, kChainLength);
}

/// The tables that have the port's rules: its chain, or rules of portmap's own nft table.
bool holds(const std::vector<std::string>& keys, const HostPort& port) {
  return std::ranges::find(keys, chain_of(port)) != keys.end() ||
         std::ranges::find(keys, port.container_id) != keys.end();
}

bool has_rules(const HostPort& port, const NetworkState& network) {
  const auto in = [&](const auto& table) { return holds(table.host_ports, port); };
  return std::ranges::any_of(*network.legacy, in) || std::ranges::any_of(*network.nft, in);
}

/// The ports of one pod that lead nowhere.
struct Orphan {
  const HostPort* first = nullptr;
  std::vector<std::string> ports = {};  ///< "8080/tcp"
};

std::string name_of(const HostPort& port) {
  return port.pod.empty() ? "container " + port.container_id.substr(0, 12) : port.pod;
}

Finding finding_of(const Orphan& orphan, const Domain& domain, const Snapshot& snapshot) {
  const HostPort& port = *orphan.first;
  const auto home = node_backend(standings_of(domain, snapshot));
  Finding finding{.severity = Severity::error, .subject = "pod " + name_of(port)};
  finding.message = fmt::format(
      "Port {} of the node should lead into this pod, and no rule does it: who connects gets "
      "nothing. Nobody writes these rules again while the pod lives.",
      join_names(orphan.ports));
  finding.evidence = {
      fmt::format("asked for when the pod was made: /var/lib/cni/results, network {}, container {}",
                  port.network, port.container_id.substr(0, 12)),
      fmt::format("no chain {} and no rule of table {} for it, in either backend{}", chain_of(port),
                  "cni_hostport",
                  home ? fmt::format(" (the node is in {})", to_string(*home)) : "")};
  const auto slash = port.pod.find('/');
  finding.remedy = {
      slash == std::string::npos
          ? std::string{"delete the pod; its owner makes it anew, with the rules"}
          : fmt::format("delete the pod; its owner makes it anew, with the rules: kubectl -n {} "
                        "delete pod {}",
                        port.pod.substr(0, slash), port.pod.substr(slash + 1)),
      "find what emptied the tables: a reload of firewalld (firewalld_flush), nftables.service "
      "(nftables_service_flush), a flush by hand"};
  return finding;
}

void add(std::vector<Orphan>& orphans, const HostPort& port) {
  const auto known = std::ranges::find_if(orphans, [&](const Orphan& orphan) {
    return orphan.first->container_id == port.container_id;
  });
  Orphan& orphan = known != orphans.end() ? *known : orphans.emplace_back(Orphan{.first = &port});
  orphan.ports.push_back(fmt::format("{}/{}", port.port, port.protocol));
}

constexpr std::string_view kEntry = "CNI-HOSTPORT-DNAT";

/// A nat table with chains of hostPorts, among the rules that were read for packets to the node.
struct EntryTable {
  Backend backend = {};
  std::string_view family = {};
};

std::vector<EntryTable> tables_with_chains(const NetworkState& network) {
  const auto has_chains = [](const std::vector<std::string>& keys) {
    return std::ranges::any_of(keys, [](const auto& key) { return key.starts_with("CNI-DN-"); });
  };
  std::vector<EntryTable> tables;
  for (const LegacyTable& table : *network.legacy)
    if (table.name == "nat" && has_chains(table.host_ports))
      tables.push_back({Backend::legacy, table.family == IpFamily::ipv4 ? "ip" : "ip6"});
  for (const NftTable& table : *network.nft)
    if (table.name == "nat" && table.compat && has_chains(table.host_ports))
      tables.push_back({Backend::nf_tables, table.family});
  return tables;
}

bool asks_about_node(const PacketPath& path, std::string_view family) {
  return std::ranges::any_of(path.questions, [&](const PacketQuestion& question) {
    const std::string_view its = question.packet.family == IpFamily::ipv4 ? "ip" : "ip6";
    return question.packet.way == Packet::Way::input && its == family;
  });
}

/// Packets to the node itself come to the hostPorts by one jump, which every such packet can meet:
/// it is among the rules that were kept, if it is there. Nothing where that was not read.
std::optional<bool> has_entry(const PacketPath& path, const EntryTable& wanted) {
  if (!asks_about_node(path, wanted.family)) return std::nullopt;
  bool read = false;
  for (const PathTable& table : path.tables) {
    if (table.name != "nat" || table.backend != wanted.backend || table.family != wanted.family)
      continue;
    for (const PathChain& chain : table.chains) {
      if (chain.base && chain.base->hook != "prerouting") continue;
      if (chain.cut) return std::nullopt;
      read = read || chain.base.has_value();
      for (const PlacedRule& placed : chain.rules)
        if (placed.rule.action.chain == kEntry) return true;
    }
  }
  return read ? std::optional{false} : std::nullopt;
}

Finding without_entry(const EntryTable& table, const Snapshot& snapshot) {
  const IpFamily family = table.family == "ip6" ? IpFamily::ipv6 : IpFamily::ipv4;
  const std::string jump = fmt::format("PREROUTING -m addrtype --dst-type LOCAL -j {}", kEntry);
  return {
      .severity = Severity::error,
      .subject =
          fmt::format("{} in nat, {}, {}", kEntry, to_string(table.backend), to_string(family)),
      .message = fmt::format(
          "The hostPorts of all pods here are dead from outside: their rules are there, and "
          "no rule of PREROUTING leads to {}. Nobody adds it again until a pod with a "
          "hostPort is made.",
          kEntry),
      .evidence = {fmt::format("{} {} nat has chains CNI-DN-*, and none of the rules in "
                               "PREROUTING jumps to {}",
                               to_string(table.backend), table.family, kEntry)},
      .remedy = {fmt::format("{} -t nat -A {}", command_for(snapshot, table.backend, family), jump),
                 "find what took it away: a flush of PREROUTING, a restore of rules that were "
                 "saved before the pods were made"}};
}

/// The way to the hostPorts' chains, in each table that has some.
void judge_entries(CheckOutcome& outcome, const Domain& domain, const Snapshot& snapshot) {
  if (!domain.network->packet_path) return;
  for (const EntryTable& table : tables_with_chains(*domain.network))
    if (has_entry(*domain.network->packet_path, table) == false)
      outcome.findings.push_back(without_entry(table, snapshot));
}

CheckOutcome judge(const Domain& domain, const Snapshot& snapshot) {
  CheckOutcome outcome;
  judge_entries(outcome, domain, snapshot);
  std::vector<Orphan> orphans;
  std::size_t open = 0;
  for (const HostPort& port : snapshot.host_settings->host_ports) {
    if (port.running == false || has_rules(port, *domain.network)) continue;
    if (port.running)
      add(orphans, port);
    else
      ++open;
  }
  for (const Orphan& orphan : orphans)
    outcome.findings.push_back(finding_of(orphan, domain, snapshot));
  if (open > 0)
    outcome.undecided =
        fmt::format("{} without rules, of pods of which is not known whether they still run",
                    count_of(open, "hostPort"));
  return outcome;
}

CheckOutcome judge_hostport_orphan(const Snapshot& snapshot) {
  if (!snapshot.host_settings) return {.undecided = "the files of the host were not looked at"};
  for (const Domain& domain : domains_of(snapshot))
    if (domain.is_node && domain.network->legacy && domain.network->nft)
      return judge(domain, snapshot);
  return {};  // the rules were not read: the gap that says so decides
}

}  // namespace

Check hostport_orphan() {
  return {
      .id = "hostport_orphan",
      .title = "Every hostPort of a running pod has its rules",
      .severity = Severity::error,
      .needs = kNeeds<Fact::host_settings, Fact::legacy_rules, Fact::nft_rules>,
      .run = judge_hostport_orphan,
      .looks_for =
          "hostPorts that the CNI plugin portmap was asked for, in the results that libcni keeps "
          "under /var/lib/cni, of pods that containerd still runs (its state under /run/k0s or "
          "/run); and for each its chain CNI-DN-* with a rule in it, or its rules in portmap's own "
          "nft table cni_hostport, in either backend; and in PREROUTING the jump to "
          "CNI-HOSTPORT-DNAT, "
          "without which none of these chains is reached. Pods with hostNetwork and plugins that "
          "serve "
          "hostPorts themselves (Cilium) do not count. Without containerd's state, whether a pod "
          "runs is not known, and the check says so.",
      .matters =
          "portmap writes its rules once, when the pod is made. Whoever empties the tables "
          "afterwards, a reload of firewalld or a `flush ruleset`, takes them for good: kube-proxy "
          "and the network plugin heal, a hostPort does not. An ingress controller with hostPorts "
          "is then dead on this node.",
      .mend =
          "Delete the pod, so that it is made anew, or add the jump; then keep the tables from "
          "being "
          "emptied.",
      .sources =
          "https://github.com/containernetworking/plugins/issues/512\n"
          "https://github.com/rancher/rke2/issues/10469\n"
          "containernetworking/plugins: pkg/utils/utils.go, plugins/meta/portmap\n"
          "containernetworking/cni: libcni/api.go (cniCacheV1)"};
}

}  // namespace iptmode::checks
