// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include <fmt/format.h>

#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/hint_chains.h"
#include "diagnose/node_commands.h"
#include "diagnose/standing.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

/// Without a hint wrappers take nf_tables. That is right where kubelet uses nf_tables too.
Severity severity_for(std::optional<Backend> node) {
  return node == Backend::nf_tables ? Severity::info : Severity::warning;
}

std::string consequence_for(std::optional<Backend> node) {
  if (node == Backend::nf_tables)
    return "New containers take nf_tables without it, which is what this node uses.";
  if (node == Backend::legacy)
    return "New containers take nf_tables without it, while this node uses legacy.";
  return "New containers take nf_tables without it, whatever kubelet would use.";
}

Finding finding_of(const Component& kubelet, const Domain& domain, const Snapshot& snapshot) {
  const std::vector<Standing> standings = standings_of(domain, snapshot);
  const std::optional<Backend> node = node_backend(standings);
  Finding finding{.severity = severity_for(node),
                  .subject = subject_of(kubelet),
                  .message = "kubelet runs and its hint chains are in neither backend. " +
                             consequence_for(node)};
  for (const Backend backend : kAllBackends)
    finding.evidence.push_back(describe_hint_chains(*domain.network, backend));
  for (const Standing& standing : standings)
    if (standing.is(ComponentKind::kubelet)) finding.evidence.push_back(describe(standing));
  finding.remedy = {
      "look at kubelet's log for: No iptables support on this system; not creating the "
      "KUBE-IPTABLES-HINT chain",
      "kubelet writes the chains again within a minute; if it does not, its iptables does not work "
      "here, or makeIPTablesUtilChains is off, or somebody flushes the tables (firewalld at its "
      "start does)"};
  return finding;
}

CheckOutcome judge_hint_absent(const Snapshot& snapshot) {
  CheckOutcome outcome;
  bool kubelet_runs = false;
  for (const Domain& domain : domains_of(snapshot)) {
    const Component* const kubelet = domain.find(ComponentKind::kubelet);
    if (kubelet == nullptr) continue;
    kubelet_runs = true;
    const NetworkState& network = *domain.network;
    const bool seen = network.hint_in(Backend::legacy) || network.hint_in(Backend::nf_tables);
    if (seen) continue;
    if (hints_were_read(network)) {
      outcome.findings.push_back(finding_of(*kubelet, domain, snapshot));
    } else {
      outcome.undecided = "the mangle tables were not read, the hint of kubelet could be there";
    }
  }
  if (!kubelet_runs) outcome.skipped = "no kubelet runs here";
  return outcome;
}

}  // namespace

Check hint_absent() {
  return {
      .id = "hint_absent",
      .title = "kubelet marks the backend it uses",
      .severity = Severity::warning,
      .needs = kNeeds<Fact::processes>,
      .run = judge_hint_absent,
      .looks_for =
          "A running kubelet without KUBE-IPTABLES-HINT and KUBE-KUBELET-CANARY in either backend.",
      .matters =
          "kubelet skips the chains when its own iptables does not work. Then wrappers in new "
          "containers take nf_tables by default, felix up to 3.32 takes legacy, k0s counts lines: "
          "nothing guarantees that they agree. It is a note where the node uses nf_tables anyway.",
      .mend =
          "Find out why kubelet's iptables fails (its log says so), or who flushed the tables. "
          "kubelet writes the chains again within a minute when it can.",
      .sources =
          "kubernetes/kubernetes#109059: kubelet's hint\n"
          "kubernetes/kubernetes#129826\n"
          "kubernetes-sigs/iptables-wrappers: internal/iptables/detect.go"};
}

}  // namespace iptmode::checks
