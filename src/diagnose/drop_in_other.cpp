// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/node_commands.h"
#include "diagnose/subject_names.h"
#include "iptmode/address.h"
#include "iptmode/node_questions.h"

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

std::vector<ForwardTable> forward_tables(const NetworkState& network) {
  std::vector<ForwardTable> tables;
  if (network.legacy)
    for (const LegacyTable& table : *network.legacy)
      if (table.family == IpFamily::ipv4 && forwards(table.base_chains))
        tables.push_back({Backend::legacy, "ip", table.name, &table.owners});
  if (network.nft)
    for (const NftTable& table : *network.nft)
      if ((table.family == "ip" || table.family == "inet") && forwards(table.base_chains))
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

std::vector<std::string> accepts_elsewhere(const NetworkState& network, const PacketFate& fate) {
  std::vector<std::string> lines;
  for (const ForwardTable& table : forward_tables(network)) {
    if (table.name == "mangle") continue;  // Kubernetes decides nothing there
    for (const OwnerUse& use : accepting(table)) {
      if (is_place_of(fate, table)) return {};
      lines.push_back(fmt::format("{}: {} of {} ({})", table.words(), count_of(use.rules, "rule"),
                                  to_string(use.owners), some_of(use.patterns)));
    }
  }
  return lines;
}

std::string packet_words(const PacketQuestion& question) {
  const Packet& packet = question.packet;
  return fmt::format("a new tcp packet from a pod ({}) {} ({})",
                     address_text(packet.source.front().low),
                     question.id == kPodToPod ? "to a pod of another node" : "to the outside",
                     address_text(packet.destination.front().low));
}

std::vector<std::string> remedy_of(const Snapshot& snapshot, const PacketFate& fate) {
  if (fate.table == "firewalld")
    return {
        "firewall-cmd --permanent --zone=trusted --add-source=<the pods' network> && firewall-cmd "
        "--reload"};
  const bool iptables =
      fate.backend == Backend::legacy || is_iptables_nft_table(fate.family, fate.table);
  const std::string open =
      iptables
          ? fmt::format("{} -t {} -P {} ACCEPT",
                        command_for(snapshot, fate.backend, IpFamily::ipv4), fate.table, fate.chain)
          : fmt::format("nft 'chain {} {} {} {{ policy accept; }}'", fate.family, fate.table,
                        fate.chain);
  const bool policy = fate.decided_by.ends_with("policy drop");
  return {policy ? open
                 : "take this rule away, or let the pods' network pass in front of it: " +
                       fate.decided_by,
          "better: bring its writer to the backend that the cluster uses, see backend_mismatch"};
}

Finding finding_of(const Snapshot& snapshot, const PacketQuestion& question, const PacketFate& fate,
                   std::vector<std::string> accepts) {
  std::vector<std::string> evidence{
      fmt::format("{}: {} by {}", packet_words(question), to_string(fate.kind), fate.decided_by)};
  std::move(accepts.begin(), accepts.end(), std::back_inserter(evidence));
  return {.severity = Severity::critical,
          .subject = fmt::format("{} {} {} {}", to_string(fate.backend), fate.family, fate.table,
                                 fate.chain),
          .message = fmt::format("Packets of pods are {} in a base chain that knows nothing of the "
                                 "cluster. The rules that let them pass are in another table, and "
                                 "an accept there does not count here.",
                                 to_string(fate.kind)),
          .evidence = std::move(evidence),
          .remedy = remedy_of(snapshot, fate)};
}

CheckOutcome judge_drop_in_other(const Snapshot& snapshot) {
  const NetworkState& network = snapshot.network();
  if (!network.packet_path) return {.skipped = "the rules that packets meet were not read"};
  if (network.packet_path->questions.empty())
    return {.skipped = "no default route leads out of this node"};
  CheckOutcome outcome;
  std::set<std::string> places;
  for (const PacketQuestion& question : network.packet_path->questions) {
    if (question.packet.way != Packet::Way::forward) continue;
    const PacketFate fate = evaluate(*network.packet_path, question);
    if (fate.kind != PacketFate::Kind::dropped && fate.kind != PacketFate::Kind::rejected) continue;
    auto accepts = accepts_elsewhere(network, fate);
    if (accepts.empty() || !places.insert(fate.decided_by).second) continue;
    outcome.findings.push_back(finding_of(snapshot, question, fate, std::move(accepts)));
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
          "A new packet from a pod, to the outside and to a pod of another node, followed through "
          "every base chain of both backends. It ends in a policy or a rule of a base chain whose "
          "table holds nothing of kube-proxy or the network plugin, while their rules are in "
          "another table.",
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
