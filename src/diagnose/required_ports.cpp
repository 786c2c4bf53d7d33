// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/port_findings.h"
#include "iptmode/address.h"

namespace iptmode::checks {
namespace {

bool is_asked(const PacketPath& path, IpFamily family) {
  return std::ranges::any_of(path.questions, [&](const PacketQuestion& question) {
    return question.packet.family == family;
  });
}

/// Those that the cluster uses and that have an uplink; where it uses none of these, the first that
/// has one.
std::vector<IpFamily> families_of(const Snapshot& snapshot) {
  const PacketPath& path = *snapshot.network().packet_path;
  std::vector<IpFamily> asked;
  std::vector<IpFamily> used;
  for (const IpFamily family : kAllIpFamilies) {
    if (!is_asked(path, family)) continue;
    asked.push_back(family);
    if (cluster_uses(family, snapshot.node_networks)) used.push_back(family);
  }
  if (used.empty() && !asked.empty()) used.push_back(asked.front());
  return used;
}

const PacketQuestion* question_of(const PacketPath& path, std::string_view id, IpFamily family) {
  const auto found = std::ranges::find_if(path.questions, [&](const PacketQuestion& question) {
    return question.id == id && question.packet.family == family;
  });
  return found == path.questions.end() ? nullptr : &*found;
}

/// The packet's sources among the networks of the link that it comes in by.
std::vector<Interval> neighbours_of(const NetworkState& network, const Packet& packet) {
  std::vector<Interval> neighbours;
  if (!network.links || packet.in_interfaces.size() != 1) return neighbours;
  const auto link =
      std::ranges::find(*network.links, packet.in_interfaces.front(), &NetworkLink::name);
  if (link == network.links->end()) return neighbours;
  for (const std::string& address : link->addresses) {
    const auto own = parse_network(address);
    if (!own) continue;
    for (const Interval& source : packet.source) {
      Interval both{.low = std::max(own->low, source.low),
                    .high = std::min(own->high, source.high)};
      if (source.low.size() == own->low.size() && both.low <= both.high)
        neighbours.push_back(std::move(both));
    }
  }
  std::ranges::sort(neighbours, {}, &Interval::low);
  return neighbours;
}

std::optional<PacketFate> fate_of_neighbours(const NetworkState& network,
                                             const PacketQuestion& question,
                                             const PacketFate& of_all) {
  if (of_all.kind != PacketFate::Kind::undecidable || question.packet.way != Packet::Way::input)
    return std::nullopt;
  const std::vector<Interval> neighbours = neighbours_of(network, question.packet);
  if (neighbours.empty()) return std::nullopt;
  return evaluate_from(*network.packet_path, question, neighbours);
}

/// One finding for a base chain that closes the port in both families.
void judge_port(const Snapshot& snapshot, const NodePort& port, const PortNeed& need,
                CheckOutcome& outcome) {
  std::vector<Finding>& findings = outcome.findings;
  const PacketPath& path = *snapshot.network().packet_path;
  std::string first_decision;
  for (const IpFamily family : families_of(snapshot)) {
    const PacketQuestion* question = question_of(path, port.id, family);
    if (question == nullptr) continue;
    const PacketFate fate = evaluate(path, *question);
    const PortCase judged{snapshot, port, *question,
                          need,     fate, fate_of_neighbours(snapshot.network(), *question, fate)};
    outcome.seen.push_back(answer_of(judged));
    auto finding = finding_of(judged);
    if (!finding) continue;
    if (fate.decided_by == first_decision) {
      findings.back().evidence.push_back(describe_fate(judged));
      continue;
    }
    const bool second = family != families_of(snapshot).front();
    if (second) finding->severity = std::min(finding->severity, Severity::warning);
    if (!second) first_decision = fate.decided_by;
    findings.push_back(std::move(*finding));
  }
}

CheckOutcome judge_required_ports(const Snapshot& snapshot) {
  if (snapshot.node.role == NodeRole::none) return {.skipped = "this machine is no node"};
  const NetworkState& network = snapshot.network();
  if (!network.packet_path || !network.doors)
    return {.skipped = "the rules that packets meet were not read"};
  if (network.packet_path->questions.empty())
    return {.skipped = "no default route leads out of this node"};
  CheckOutcome outcome;
  for (const Domain& domain : domains_of(snapshot)) {
    if (!domain.is_node) continue;
    for (const NodePort& port : node_ports()) {
      if (const auto need = need_of(port, snapshot.node, domain, *network.doors))
        judge_port(snapshot, port, *need, outcome);
      else
        outcome.seen.push_back(answer_without_need(port, why_not_needed(port, snapshot.node)));
    }
  }
  return outcome;
}

}  // namespace

Check required_ports() {
  return {
      .id = "required_ports",
      .title = "The node's firewall lets through what k0s needs",
      .severity = Severity::error,
      .needs = kNeeds<Fact::processes, Fact::legacy_rules, Fact::nft_rules, Fact::listeners,
                      Fact::packet_path>,
      .run = judge_required_ports,
      .looks_for =
          "New packets that arrive at the node's uplink, and those of a worker to its controllers, "
          "followed through every base chain of both backends in the order of priority, and "
          "further "
          "where a rule gives them another destination. Ports, by "
          "what runs here: etcd 2380/tcp, kube-apiserver 6443/tcp, konnectivity 8132/tcp and k0s' "
          "join API 9443/tcp where a controller listens on them; kubelet 10250/tcp; kube-router "
          "179/tcp; Calico's VXLAN 4789/udp; IP protocol 112 with keepalived; outbound 6443/tcp "
          "and 8132/tcp of workers; 8132/tcp and 9443/tcp only where the node is k0s. In both "
          "address families where the cluster has both (a port "
          "that is "
          "closed in the second one is a warning). VXLAN is asked for from the other nodes that "
          "Calico's interface knows, and not needed where it knows none. A port whose packets a "
          "rule sends to a "
          "pod or "
          "to another machine counts as closed: somebody has taken it. What the rules say that "
          "cannot be decided is a note with the "
          "rule, never a guess; none where the networks that the uplink is in are let in for "
          "certain. With -v, and as `seen` in JSON: every port, whether it is needed "
          "here and why, who listens, and what becomes of its packets.",
      .matters =
          "A closed port takes a part of the cluster away: nodes that do not become ready, pods "
          "that do not reach those of other nodes, logs and exec that hang. An accept is final for "
          "its own base chain only: a rule that lets a port through in one table does not help "
          "against a drop in another.",
      .mend =
          "Open the port where the packet ends: the finding names the base chain. With firewalld, "
          "add it to the zone of the uplink, once with and once without --permanent: no reload is "
          "needed. With ufw: ufw allow. Where somebody else has taken the port (a hostPort, a "
          "nodePort, a container), give that one another.",
      .sources =
          "https://docs.k0sproject.io/stable/networking/ (required ports)\n"
          "Linux net/netfilter/core.c: nf_hook_slow(), every base chain of a hook\n"
          "nftables(8): an accept ends the evaluation of the base chain, not of the hook"};
}

}  // namespace iptmode::checks
