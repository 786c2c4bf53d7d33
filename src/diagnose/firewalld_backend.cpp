// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include <fmt/format.h>

#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/firewalld_view.h"
#include "diagnose/standing.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

/// Where Kubernetes' rules are. kube-proxy in nftables mode has them in tables of its own.
std::optional<Backend> side_of_kubernetes(const Domain& node, const Snapshot& snapshot) {
  if (const auto side = node_backend(standings_of(node, snapshot))) return side;
  const bool native = std::ranges::any_of(node.components, [](const Component* component) {
    return traits(component->kind).kubernetes && component->declared.native_nft;
  });
  return native ? std::optional{Backend::nf_tables} : std::nullopt;
}

std::string_view word_for(Backend backend) {
  return backend == Backend::nf_tables ? "nftables" : "iptables";
}

std::vector<std::string> remedy_of(Backend wanted) {
  std::vector<std::string> steps{
      fmt::format("set FirewallBackend={} in /etc/firewalld/firewalld.conf", word_for(wanted))};
  if (wanted == Backend::legacy)
    steps.emplace_back(
        "firewalld runs the host's iptables then, which must be the legacy variant: "
        "update-alternatives --display iptables");
  steps.emplace_back(
      "systemctl restart firewalld, then reboot the node or restart its pods with hostPorts: a "
      "restart of firewalld empties the iptables tables of the host's variant");
  return steps;
}

void judge_side(CheckOutcome& outcome, const FirewalldSide& side, const Snapshot& snapshot) {
  const Domain node = domains_of(snapshot).front();
  const auto wanted = side_of_kubernetes(node, snapshot);
  if (!wanted) return;
  if (!side.backend) {
    outcome.undecided = "it is not known in which backend the rules of firewalld are";
    return;
  }
  if (*side.backend == *wanted) return;
  outcome.findings.push_back(
      {.severity = Severity::error,
       .subject = subject_of(*snapshot.firewalld),
       .message = fmt::format("firewalld filters in {} while the components of Kubernetes write "
                              "{}. Its base chains reject "
                              "forwarded packets whatever rules in {} accept.",
                              to_string(*side.backend), to_string(*wanted), to_string(*wanted)),
       .evidence = {side.evidence, fmt::format("Kubernetes on this node: {}", to_string(*wanted))},
       .remedy = remedy_of(*wanted)});
}

/// The file was edited after the daemon had read it.
void judge_file(CheckOutcome& outcome, const FirewalldSide& side, const Firewalld& firewalld) {
  const auto& file = firewalld.file.backend;
  if (!file || side.word.empty() || *file == side.word) return;
  outcome.findings.push_back(
      {.severity = Severity::warning,
       .subject = subject_of(firewalld),
       .message = fmt::format(
           "firewalld.conf says FirewallBackend={} and the running firewalld uses {}: the file was "
           "changed and takes effect at its next start, which can be a reboot.",
           *file, side.word),
       .evidence = {side.evidence,
                    fmt::format("/etc/firewalld/firewalld.conf: FirewallBackend={}", *file)},
       .remedy = {
           fmt::format("decide: set it back to {}, or plan the restart of firewalld and look "
                       "at this check again",
                       side.word)}});
}

CheckOutcome judge_firewalld_backend(const Snapshot& snapshot) {
  CheckOutcome outcome{.skipped = no_firewalld(snapshot)};
  if (outcome.skipped) return outcome;
  const FirewalldSide side = side_of_firewalld(snapshot);
  judge_side(outcome, side, snapshot);
  judge_file(outcome, side, *snapshot.firewalld);
  return outcome;
}

}  // namespace

Check firewalld_backend() {
  return {
      .id = "firewalld_backend",
      .title = "firewalld uses the backend that Kubernetes uses",
      .severity = Severity::error,
      .needs = kNeeds<Fact::processes, Fact::k0s, Fact::installations, Fact::declared,
                      Fact::legacy_rules, Fact::nft_rules, Fact::firewalld>,
      .run = judge_firewalld_backend,
      .looks_for =
          "A running firewalld whose rules are in another backend than those of Kubernetes' "
          "components: first what the kernel holds (table inet firewalld, or its chains in "
          "iptables' tables), then what the daemon says over D-Bus, then its file. And a "
          "FirewallBackend in firewalld.conf that is not the one in use.",
      .matters =
          "Both rule sets see every packet, and an accept is final only within its own. firewalld "
          "rejects what no zone accepts, so pods lose their network although their own rules are "
          "in order. A file that was changed waits for the next start: then the node changes over "
          "a reboot, and nobody remembers why.",
      .mend =
          "Set FirewallBackend to the node's backend and restart firewalld; a reload does not "
          "change the backend. Then see that the pods' networks are in a zone (firewalld_zone).",
      .sources =
          "firewalld.conf(5), firewalld.dbus(5)\n"
          "k0s: docs/networking.md, Firewalld\n"
          "https://github.com/k0sproject/k0s/issues/2117\n"
          "https://github.com/firewalld/firewalld/issues/534"};
}

}  // namespace iptmode::checks
