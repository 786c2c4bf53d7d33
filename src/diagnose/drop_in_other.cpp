// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/firewalld_commands.h"
#include "diagnose/firewalld_view.h"
#include "diagnose/forward_policy.h"
#include "diagnose/node_commands.h"
#include "diagnose/pod_packets.h"
#include "diagnose/standing.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

/// Who writes rules that let pods' packets pass.
constexpr OwnerSet kNetworkOwners = OwnerSet{Owner::kube_proxy} | Owner::kube_router |
                                    Owner::felix | Owner::flannel | Owner::cni | Owner::cilium |
                                    Owner::antrea;

/// A table with a base chain that forwarded packets pass.
struct ForwardTable {
  Backend backend = Backend::nf_tables;
  std::string_view family = {};
  std::string_view name = {};
  const std::vector<OwnerUse>* owners = nullptr;

  [[nodiscard]] std::string words() const {
    return fmt::format("{} {} {}", to_string(backend), family, name);
  }
};

bool forwards(const std::vector<BaseChain>& chains) {
  return std::any_of(chains.begin(), chains.end(),
                     [](const BaseChain& chain) { return chain.hook == "forward"; });
}

std::vector<ForwardTable> forward_tables(const NetworkState& network, IpFamily family) {
  const std::string_view name = family == IpFamily::ipv4 ? "ip" : "ip6";
  std::vector<ForwardTable> tables;
  if (network.legacy)
    for (const LegacyTable& table : *network.legacy)
      if (table.family == family && forwards(table.base_chains))
        tables.push_back({Backend::legacy, name, table.name, &table.owners});
  if (network.nft)
    for (const NftTable& table : *network.nft)
      if ((table.family == name || table.family == "inet") && forwards(table.base_chains))
        tables.push_back({Backend::nf_tables, table.family, table.name, &table.owners});
  return tables;
}

/// What those who let pods' packets pass have in the table.
std::vector<OwnerUse> accepting(const ForwardTable& table) {
  std::vector<OwnerUse> uses;
  for (const OwnerUse& use : *table.owners)
    if (use.rules > 0 && use.owners.intersects(kNetworkOwners)) uses.push_back(use);
  return uses;
}

bool is_place_of(const PacketFate& fate, const ForwardTable& table) {
  return fate.backend == table.backend && fate.family == table.family && fate.table == table.name;
}

std::vector<std::string> accepts_elsewhere(const NetworkState& network, const LostPacket& lost) {
  std::vector<std::string> lines;
  for (const ForwardTable& table : forward_tables(network, lost.question->packet.family)) {
    if (table.name == "mangle") continue;  // Kubernetes decides nothing there
    for (const OwnerUse& use : accepting(table)) {
      if (is_place_of(lost.fate, table)) return {};
      lines.push_back(fmt::format("{}: {} of {} ({})", table.words(), count_of(use.rules, "rule"),
                                  to_string(use.owners), some_of(use.patterns)));
    }
  }
  return lines;
}

/// A check that knows the firewall by its name has said it, and how to mend it.
bool is_told_by_name(const Snapshot& snapshot, const LostPacket& lost) {
  const PacketFate& fate = lost.fate;
  const auto says = [&](const Check& check) {
    return std::ranges::any_of(check.run(snapshot).findings, [](const Finding& finding) {
      return finding.severity >= Severity::error;
    });
  };
  const auto is_policy_of = [&](OwnerSet firewall) {
    const auto known =
        packets_lost_to(forward_drops_of(snapshot.network(), firewall), snapshot.network());
    return std::ranges::any_of(
        known, [&](const LostPacket& one) { return one.question == lost.question; });
  };
  return (fate.table == "firewalld" && says(firewalld_zone())) ||
         (is_policy_of(Owner::ufw) && says(ufw_active())) ||
         (is_policy_of(Owner::docker) && says(docker_coexist()));
}

std::string pods_network(const Snapshot& snapshot, IpFamily family) {
  for (const ClusterRange& range : pod_ranges(snapshot))
    if ((range.addresses.low.size() == 4) == (family == IpFamily::ipv4)) return range.cidr;
  return "<the pods' network>";
}

/// To the zone that has the pods' network, or to one that accepts everything.
std::vector<std::string> open_firewalld(const Snapshot& snapshot, IpFamily family) {
  const std::vector<ClusterRange> ranges = pod_ranges(snapshot);
  for (const ClusterRange& range : ranges) {
    const bool meant = (range.addresses.low.size() == 4) == (family == IpFamily::ipv4);
    const FirewalldZone* const zone =
        meant && snapshot.firewalld ? zone_of_source(*snapshot.firewalld, range) : nullptr;
    if (zone != nullptr) return change_zone(zone->name, "--add-forward");
  }
  return change_zone("trusted", "--add-source=" + pods_network(snapshot, family));
}

/// backend_mismatch knows somebody whose rules are in this backend and belong into the other one.
bool is_a_mismatch(const Snapshot& snapshot, Backend backend) {
  const auto home = node_backend(standings_of(domains_of(snapshot).front(), snapshot));
  if (!home || backend == *home) return false;
  return std::ranges::any_of(backend_mismatch().run(snapshot).findings, [](const Finding& finding) {
    return finding.severity >= Severity::warning;
  });
}

std::vector<std::string> remedy_of(const Snapshot& snapshot, const LostPacket& lost) {
  const PacketFate& fate = lost.fate;
  const IpFamily family = lost.question->packet.family;
  if (fate.table == "firewalld") return open_firewalld(snapshot, family);
  const bool iptables =
      fate.backend == Backend::legacy || is_iptables_nft_table(fate.family, fate.table);
  const std::string open =
      iptables ? fmt::format("{} -t {} -P {} ACCEPT", command_for(snapshot, fate.backend, family),
                             fate.table, fate.chain)
               : fmt::format("nft 'chain {} {} {} {{ policy accept; }}'", fate.family, fate.table,
                             fate.chain);
  const bool policy = fate.decided_by.ends_with("policy drop");
  std::vector<std::string> steps{
      policy
          ? open
          : "take this rule away, or let the pods' network pass in front of it: " + fate.decided_by,
      keep_change(snapshot, !iptables)};
  if (iptables && is_a_mismatch(snapshot, fate.backend))
    steps.emplace_back(
        "better: bring its writer to the backend that the cluster uses, see backend_mismatch");
  return steps;
}

Finding finding_of(const Snapshot& snapshot, const LostPacket& lost,
                   std::vector<std::string> accepts) {
  const PacketFate& fate = lost.fate;
  std::vector<std::string> evidence{describe(lost)};
  std::move(accepts.begin(), accepts.end(), std::back_inserter(evidence));
  return {.severity = Severity::critical,
          .subject = fmt::format("{} {} {} {}", to_string(fate.backend), fate.family, fate.table,
                                 fate.chain),
          .message = fmt::format("Packets of pods are {} in a base chain that knows nothing of the "
                                 "cluster. The rules that let them pass are in another table, and "
                                 "an accept there does not count here.",
                                 to_string(fate.kind)),
          .evidence = std::move(evidence),
          .remedy = remedy_of(snapshot, lost)};
}

CheckOutcome judge_drop_in_other(const Snapshot& snapshot) {
  const NetworkState& network = snapshot.network();
  if (!network.packet_path) return {.skipped = "the rules that packets meet were not read"};
  if (network.packet_path->questions.empty())
    return {.skipped = "no default route leads out of this node"};
  CheckOutcome outcome;
  std::set<std::string> places;
  for (const LostPacket& lost : lost_packets_of_pods(network)) {
    auto accepts = accepts_elsewhere(network, lost);
    if (accepts.empty() || !places.insert(lost.fate.decided_by).second) continue;
    if (is_told_by_name(snapshot, lost)) continue;
    outcome.findings.push_back(finding_of(snapshot, lost, std::move(accepts)));
  }
  return outcome;
}

}  // namespace

Check drop_in_other() {
  return {
      .id = "drop_in_other",
      .title = "No other table drops what the cluster's tables accept",
      .severity = Severity::critical,
      .needs = kNeeds<Fact::legacy_rules, Fact::nft_rules, Fact::packet_path>,
      .run = judge_drop_in_other,
      .looks_for =
          "A new packet from a pod, to the outside and to a pod of another node, in each address "
          "family that pods have, followed through every base chain of both backends. It ends in a "
          "policy or a rule of a base chain whose "
          "table holds nothing of kube-proxy or the network plugin, while their rules are in "
          "another table. Where that chain is firewalld's, ufw's or Docker's, it is reported by "
          "firewalld_zone, ufw_active or docker_coexist.",
      .matters =
          "An accept is final for its own base chain only; a drop is final for all. So a FORWARD "
          "policy of Docker in one backend, or a chain of another firewall, cuts all pods off "
          "while every rule of the cluster looks right.",
      .mend = "Let one backend hold all of it, or open the other base chain for the pods' network.",
      .sources =
          "cloudnativelabs/kube-router#1069\n"
          "docker-library/docker#467\n"
          "kubernetes/kubernetes#40182\n"
          "nftables(8), Verdict statements"};
}

}  // namespace iptmode::checks
