// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include <fmt/format.h>

#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/forward_policy.h"
#include "diagnose/node_commands.h"
#include "diagnose/pod_packets.h"
#include "diagnose/standing.h"
#include "diagnose/subject_names.h"
#include "iptmode/node_questions.h"

namespace iptmode::checks {
namespace {

/// Docker's rules on a Kubernetes node.
struct Docker {
  const Component* daemon = nullptr;   ///< null: it does not run (any more)
  std::vector<Backend> backends = {};  ///< that hold its rules
  std::optional<Backend> home = {};    ///< where Kubernetes is
  std::vector<ForwardDrop> cuts = {};  ///< tables where its policy drops pods' packets
  std::vector<LostPacket> lost = {};   ///< packets that are dropped there for certain
  [[nodiscard]] std::optional<Backend> elsewhere() const {
    for (const Backend backend : backends)
      if (home && backend != *home) return backend;
    return std::nullopt;
  }
};

Docker docker_in(const Domain& domain, const Snapshot& snapshot) {
  Docker docker{.daemon = domain.find(ComponentKind::dockerd),
                .backends = backends_with_rules(*domain.network, Owner::docker),
                .home = node_backend(standings_of(domain, snapshot))};
  // A cluster of IPv4 alone has no plugin's rules in IPv6, and no pods' packets.
  for (const ForwardDrop& drop : forward_drops_of(*domain.network, Owner::docker))
    if (drop.plugins.empty() && cluster_uses(drop.family, snapshot.node_networks))
      docker.cuts.push_back(drop);
  docker.lost = packets_lost_to(docker.cuts, *domain.network);
  return docker;
}

Severity severity_of(const Docker& docker) {
  if (!docker.lost.empty()) return Severity::critical;
  return docker.cuts.empty() ? Severity::warning : Severity::error;
}

std::string message_of(const Docker& docker) {
  if (!docker.cuts.empty())
    return "Docker has set the policy of FORWARD to DROP in a table where no network plugin has a "
           "rule: packets of pods between nodes and to the outside are dropped there.";
  return fmt::format(
      "The rules of Docker are in {} while Kubernetes is in {}: a packet must pass both, and what "
      "Docker "
      "drops no rule of Kubernetes can accept.",
      to_string(*docker.elsewhere()), to_string(*docker.home));
}

std::vector<std::string> evidence_of(const Docker& docker, const NetworkState& network) {
  std::vector<std::string> lines;
  for (const Backend backend : docker.backends) {
    const OwnerUse use = network.use_of(Owner::docker, backend);
    lines.push_back(fmt::format("{}: {} of Docker in {}", to_string(backend),
                                count_of(use.rules, "rule"), some_of(use.patterns)));
  }
  if (docker.elsewhere())
    if (std::string unknown = describe_unknown_writers(network, *docker.elsewhere());
        !unknown.empty())
      lines.push_back(std::move(unknown));
  for (const ForwardDrop& drop : docker.cuts) lines.push_back(describe(drop));
  for (const LostPacket& lost : docker.lost) lines.push_back(describe(lost));
  lines.push_back(docker.daemon == nullptr ? std::string{"dockerd does not run"}
                                           : subject_of(*docker.daemon) + " runs");
  return lines;
}

std::vector<std::string> remedy_of(const Docker& docker, const NetworkState& network,
                                   const Snapshot& snapshot) {
  if (docker.daemon == nullptr) {
    const Backend backend = docker.elsewhere().value_or(docker.backends.front());
    return clear_backend(snapshot, network, backend, Owner::docker);
  }
  std::vector<std::string> steps{
      "take Docker off the node; k0s brings its own containerd and does not need it"};
  if (docker.elsewhere())
    steps.push_back(host_is_on(snapshot, *docker.home)
                        ? fmt::format("or restart Docker, since the host's iptables is {} by now, "
                                      "and reboot",
                                      to_string(*docker.home))
                        : "or " + switch_host(*docker.home) + "; then restart Docker and reboot");
  if (!docker.cuts.empty())
    steps.emplace_back(
        "or keep its policy from dropping: \"ip-forward-no-drop\": true in /etc/docker/daemon.json "
        "(Docker 28 and later), or net.ipv4.ip_forward=1 in sysctl.d before Docker starts");
  return steps;
}

CheckOutcome judge_docker_coexist(const Snapshot& snapshot) {
  CheckOutcome outcome;
  for (const Domain& domain : domains_of(snapshot)) {
    if (!domain.runs_kubernetes()) continue;
    const Docker docker = docker_in(domain, snapshot);
    if (docker.backends.empty() || (docker.cuts.empty() && !docker.elsewhere())) continue;
    outcome.findings.push_back(
        {.severity = severity_of(docker),
         .subject = docker.daemon == nullptr ? "rules of Docker" : subject_of(*docker.daemon),
         .message = message_of(docker),
         .evidence = evidence_of(docker, *domain.network),
         .remedy = remedy_of(docker, *domain.network, snapshot)});
  }
  return outcome;
}

}  // namespace

Check docker_coexist() {
  return {
      .id = "docker_coexist",
      .title = "Docker does not drop what Kubernetes forwards",
      .severity = Severity::warning,
      .needs = kNeeds<Fact::processes, Fact::legacy_rules, Fact::nft_rules>,
      .run = judge_docker_coexist,
      .looks_for =
          "On a Kubernetes node: chains of Docker in another backend than Kubernetes', and a "
          "filter "
          "table with Docker's chains whose FORWARD drops by policy while no network plugin has a "
          "rule in that table. Docker's own nft tables (Docker 29 and later) are not iptables'.",
      .matters =
          "Docker sets the policy of FORWARD to DROP when it turns on forwarding. The network "
          "plugin's ACCEPT saves pods' packets only in the same table: in the other backend it "
          "comes too early or too late. Critical where a packet of a pod, followed through all "
          "rules, "
          "ends there. Docker follows the host's iptables, k0s brings its own.",
      .mend =
          "Use no Docker on nodes, or bring the host's iptables to the node's backend, restart "
          "Docker and reboot. What Docker left behind goes with a reboot.",
      .sources =
          "Docker: Packet filtering and firewalls (docs.docker.com/engine/network)\n"
          "https://github.com/moby/moby/pull/50634\n"
          "https://github.com/kubernetes/kubernetes/issues/71305"};
}

}  // namespace iptmode::checks
