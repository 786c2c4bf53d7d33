// SPDX-License-Identifier: GPL-2.0-or-later
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/node_commands.h"
#include "diagnose/subject_names.h"
#include "iptmode/node_questions.h"

namespace iptmode::checks {
namespace {

constexpr std::uint8_t kTcp = 6;

/// Why a port has to be open on this node.
struct Need {
  std::string why = {};   ///< "kube-apiserver of a controller"
  std::string harm = {};  ///< "workers and kubectl cannot reach the API"
  Severity severity = Severity::error;
};
using MaybeNeed = std::optional<Need>;

bool is_controller(NodeRole role) {
  return role == NodeRole::controller || role == NodeRole::controller_worker;
}

bool is_worker(NodeRole role) {
  return role == NodeRole::worker || role == NodeRole::controller_worker;
}

/// What decides whether a port is needed.
struct Circumstances {
  NodeRole role = NodeRole::none;
  const Domain& domain;
  const Doors& doors;

  [[nodiscard]] bool runs(ComponentKind kind) const { return domain.find(kind) != nullptr; }
  [[nodiscard]] bool controller_listens(std::uint16_t port) const {
    return is_controller(role) && doors.listens(kTcp, port);
  }
  [[nodiscard]] bool has_vxlan() const {
    if (!domain.network->links) return true;  // Calico's encapsulation of k0s' choice
    for (const NetworkLink& link : *domain.network->links)
      if (link.kind == "vxlan" && link.name == "vxlan.calico") return true;
    return false;
  }
};

MaybeNeed need_of_controller(const NodePort& port, const Circumstances& node) {
  if (!node.controller_listens(port.port)) return std::nullopt;
  if (port.id == "kubeApiserver")
    return Need{"the API of a controller", "workers and kubectl cannot reach the API"};
  if (port.id == "konnectivity")
    return Need{"konnectivity's server of a controller",
                "logs, exec and webhooks do not work: the workers' agents cannot connect"};
  if (port.id == "etcdPeers")
    return Need{"etcd of a controller", "a second controller cannot join, etcd loses its quorum",
                Severity::warning};
  if (port.id == "k0sJoin")
    return Need{"k0s' join API of a controller", "no other controller can join", Severity::warning};
  return std::nullopt;
}

MaybeNeed need_of(const NodePort& port, const Circumstances& node) {
  if (port.id == "kubeRouterBgp" && node.runs(ComponentKind::kube_router))
    return Need{"kube-router runs", "the other nodes do not learn the way to this node's pods"};
  if (port.id == "calicoVxlan" && node.runs(ComponentKind::calico_node) && node.has_vxlan())
    return Need{"Calico encapsulates in VXLAN", "packets from pods of other nodes are lost"};
  if (port.id == "kubelet" && node.runs(ComponentKind::kubelet))
    return Need{"kubelet runs", "logs, exec, port-forward and metrics of this node do not work"};
  if (port.id == "vrrp" && node.runs(ComponentKind::keepalived))
    return Need{"keepalived runs", "every controller takes the virtual address for itself"};
  if (port.way == Packet::Way::output && is_worker(node.role))
    return Need{"a worker connects to its controllers",
                "this worker cannot connect to its controllers"};
  return port.way == Packet::Way::input ? need_of_controller(port, node) : std::nullopt;
}

std::string port_words(const NodePort& port) {
  if (port.port == 0) return fmt::format("IP protocol {}", port.protocol);
  return fmt::format("{} {}", port.protocol == kTcp ? "tcp" : "udp", port.port);
}

std::string subject_of(const NodePort& port) {
  return fmt::format("{} ({}{})", port.title, port_words(port),
                     port.way == Packet::Way::output ? ", outbound" : "");
}

std::string packet_words(const PacketQuestion& question) {
  const Packet& packet = question.packet;
  const bool in = packet.way == Packet::Way::input;
  const auto& links = in ? packet.in_interfaces : packet.out_interfaces;
  return fmt::format("a new {} packet {} {}", to_string(packet.family),
                     in ? "that comes in by" : "that goes out by",
                     links.empty() ? std::string{"any interface"} : links.front());
}

std::string listening_words(const NodePort& port, const Doors& doors) {
  if (port.way == Packet::Way::output || port.port == 0) return "";
  return doors.listens(port.protocol, port.port) ? "a socket listens there"
                                                 : "no socket listens there now";
}

/// The match that lets the packet through, in the words of iptables and of nft.
std::string match_words(const NodePort& port, bool native) {
  if (port.port == 0) return fmt::format("{} {}", native ? "meta l4proto" : "-p", port.protocol);
  const std::string_view protocol = port.protocol == kTcp ? "tcp" : "udp";
  return native ? fmt::format("{} dport {}", protocol, port.port)
                : fmt::format("-p {} --dport {}", protocol, port.port);
}

std::string firewalld_step(const NodePort& port) {
  const std::string what = port.port == 0 ? fmt::format("--add-protocol={}", port.protocol)
                                          : fmt::format("--add-port={}/{}", port.port,
                                                        port.protocol == kTcp ? "tcp" : "udp");
  return fmt::format(
      "firewall-cmd --permanent --zone=$(firewall-cmd --get-default-zone) {} && firewall-cmd "
      "--reload",
      what);
}

std::vector<std::string> remedy_of(const Snapshot& snapshot, const NodePort& port,
                                   const PacketFate& fate) {
  if (fate.table == "firewalld" && port.way == Packet::Way::input) return {firewalld_step(port)};
  const bool iptables =
      fate.backend == Backend::legacy || is_iptables_nft_table(fate.family, fate.table);
  const IpFamily family = fate.family == "ip6" ? IpFamily::ipv6 : IpFamily::ipv4;
  const std::string step = iptables ? fmt::format("{} -t {} -I {} {} -j ACCEPT",
                                                  command_for(snapshot, fate.backend, family),
                                                  fate.table, fate.chain, match_words(port, false))
                                    : fmt::format("nft insert rule {} {} {} {} accept", fate.family,
                                                  fate.table, fate.chain, match_words(port, true));
  return {step, "then say the same to whatever loads these rules, or the next start takes it away"};
}

std::vector<std::string> evidence_of(const NodePort& port, const PacketQuestion& question,
                                     const Need& need, const PacketFate& fate, const Doors& doors) {
  std::vector<std::string> lines{"needed here: " + need.why};
  if (std::string words = listening_words(port, doors); !words.empty())
    lines.push_back(std::move(words));
  lines.push_back(
      fmt::format("{}: {} by {}", packet_words(question), to_string(fate.kind), fate.decided_by));
  return lines;
}

Finding closed(const Snapshot& snapshot, const NodePort& port, const PacketQuestion& question,
               const Need& need, const PacketFate& fate) {
  return {.severity = need.severity,
          .subject = subject_of(port),
          .message = fmt::format("The node's firewall {} new packets {} {}: {}.",
                                 fate.kind == PacketFate::Kind::dropped ? "drops" : "rejects",
                                 port.way == Packet::Way::input ? "to" : "on their way to",
                                 subject_of(port), need.harm),
          .evidence = evidence_of(port, question, need, fate, *snapshot.network().doors),
          .remedy = remedy_of(snapshot, port, fate)};
}

Finding undecidable(const Snapshot& snapshot, const NodePort& port, const PacketQuestion& question,
                    const Need& need, const PacketFate& fate) {
  Finding finding{
      .severity = Severity::info,
      .subject = subject_of(port),
      .message = fmt::format("Whether the node's firewall lets new packets to {} pass depends on "
                             "what cannot be told from the rules.",
                             subject_of(port)),
      .evidence = {"needed here: " + need.why},
      .remedy = {"look at the rule that is shown: addresses, sets, limits or another order may "
                 "decide"}};
  if (std::string words = listening_words(port, *snapshot.network().doors); !words.empty())
    finding.evidence.push_back(std::move(words));
  finding.evidence.push_back(
      fmt::format("{}: depends on {}", packet_words(question), fate.decided_by));
  return finding;
}

/// Of the first family that has an uplink: a node with both has its cluster on IPv4.
const PacketQuestion* question_of(const PacketPath& path, std::string_view id) {
  for (const PacketQuestion& question : path.questions)
    if (question.id == id) return &question;
  return nullptr;
}

void judge(const Snapshot& snapshot, const NodePort& port, const Need& need,
           std::vector<Finding>& findings) {
  const PacketPath& path = *snapshot.network().packet_path;
  const PacketQuestion* question = question_of(path, port.id);
  if (question == nullptr) return;
  const PacketFate fate = evaluate(path, *question);
  if (fate.kind == PacketFate::Kind::undecidable)
    findings.push_back(undecidable(snapshot, port, *question, need, fate));
  if (fate.kind == PacketFate::Kind::dropped || fate.kind == PacketFate::Kind::rejected)
    findings.push_back(closed(snapshot, port, *question, need, fate));
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
    const Circumstances node{.role = snapshot.node.role, .domain = domain, .doors = *network.doors};
    for (const NodePort& port : node_ports())
      if (const MaybeNeed need = need_of(port, node))
        judge(snapshot, port, *need, outcome.findings);
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
          "followed through every base chain of both backends in the order of priority. Ports, by "
          "what runs here: etcd 2380/tcp, kube-apiserver 6443/tcp, konnectivity 8132/tcp and k0s' "
          "join API 9443/tcp where a controller listens on them; kubelet 10250/tcp; kube-router "
          "179/tcp; Calico's VXLAN 4789/udp; IP protocol 112 with keepalived; outbound 6443/tcp "
          "and 8132/tcp of workers. What the rules say that cannot be decided is a note with the "
          "rule, never a guess.",
      .matters =
          "A closed port takes a part of the cluster away: nodes that do not become ready, pods "
          "that do not reach those of other nodes, logs and exec that hang. An accept is final for "
          "its own base chain only: a rule that lets a port through in one table does not help "
          "against a drop in another.",
      .mend =
          "Open the port where the packet ends: the finding names the base chain. With firewalld, "
          "add it to the zone of the uplink.",
      .sources =
          "https://docs.k0sproject.io/stable/networking/ (required ports)\n"
          "Linux net/netfilter/core.c: nf_hook_slow(), every base chain of a hook\n"
          "nftables(8): an accept ends the evaluation of the base chain, not of the hook"};
}

}  // namespace iptmode::checks
