// SPDX-License-Identifier: GPL-2.0-or-later

#include <fmt/format.h>

#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/node_commands.h"
#include "diagnose/standing.h"
#include "diagnose/subject_names.h"
#include "diagnose/wrapper_choice.h"

namespace iptmode::checks {
namespace {

/// One wrapper that has not chosen, what it would choose, and what would be right.
struct Pending {
  const Standing& standing;
  WrapperChoice choice = {};
  std::optional<Backend> node = {};
};

/// The wrapper of 2020 knows nothing of kubelet's hint.
bool counts_rules_only(const Pending& pending) {
  return pending.standing.installation->primary()->form == ProgramForm::shell_wrapper_v1;
}

/// A choice by kubelet's hint stays the same until it is made; one by default or by counting can be
/// another when kubelet has written its hint.
Severity severity_of(const Pending& pending) {
  if (!pending.choice.backend) return Severity::warning;
  if (pending.node && pending.choice.backend != pending.node) return Severity::error;
  return pending.choice.by_hint ? Severity::info : Severity::warning;
}

std::string message_of(const Pending& pending) {
  const std::string start =
      fmt::format("The iptables-wrapper of {} has not chosen yet. ", pending.standing.name);
  if (!pending.choice.backend)
    return start + fmt::format("What it will choose cannot be told: {}.", pending.choice.reason);
  const std::string choice =
      start + fmt::format("At its first call it would take {}", to_string(*pending.choice.backend));
  if (pending.node && pending.choice.backend != pending.node)
    return choice +
           fmt::format(" and keep it, while this node is in {}.", to_string(*pending.node));
  if (pending.choice.by_hint) return choice + ", as this node does.";
  if (counts_rules_only(pending))
    return choice + fmt::format(
                        ": this form does not read the hint of kubelet, it counts rules ({}), "
                        "and what it counts at that moment decides for the life of the "
                        "container.",
                        pending.choice.reason);
  return choice +
         ", but the hint of kubelet is not there yet: what it finds at that moment decides for "
         "the life of the container.";
}

std::vector<std::string> remedy_of(const Pending& pending, const Snapshot& snapshot) {
  const std::string hands_off =
      "do not run iptables in that container, not even iptables -V: the first call decides and "
      "rewrites its links";
  if (severity_of(pending) == Severity::info) return {hands_off};
  const std::string before =
      counts_rules_only(pending)
          ? "use an image with a wrapper of 2022 or later, which follows kubelet's hint "
            "(Kubernetes "
            "1.25 and later bring one)"
          : "see that kubelet's hint is there and in the node's backend (hint_absent, "
            "hint_mismatch, hint_in_both)";
  return {hands_off, before,
          "if the container has chosen wrongly by then, " +
              renew(*pending.standing.component, snapshot)};
}

Finding finding_of(const Pending& pending, const Domain& domain, const Snapshot& snapshot) {
  const Installation& image = *pending.standing.installation;
  const NetworkState& network = *domain.network;
  Finding finding{
      .severity = severity_of(pending),
      .subject = pending.standing.subject,
      .message = message_of(pending),
      .evidence = {describe_iptables(image),
                   fmt::format("the wrapper's form: {}", to_string(image.primary()->form)),
                   describe_hint(network)},
      .remedy = remedy_of(pending, snapshot)};
  if (pending.standing.rules_read)
    finding.evidence.push_back(fmt::format("{} in legacy, {} in nf_tables",
                                           count_of(network.rules_in(Backend::legacy), "rule"),
                                           network.rules_in(Backend::nf_tables)));
  return finding;
}

CheckOutcome judge_wrapper_unresolved(const Snapshot& snapshot) {
  CheckOutcome outcome;
  for (const Domain& domain : domains_of(snapshot)) {
    const std::vector<Standing> standings = standings_of(domain, snapshot);
    for (const Standing& standing : standings) {
      if (!standing.pending || standing.component == nullptr) continue;
      const Pending pending{standing, wrapper_choice(*standing.installation, *domain.network),
                            node_backend(standings)};
      if (!pending.choice.backend && !standing.rules_read) {
        outcome.undecided = fmt::format("what the wrapper of {} will choose is not known: {}",
                                        standing.subject, pending.choice.reason);
        continue;
      }
      outcome.findings.push_back(finding_of(pending, domain, snapshot));
    }
  }
  return outcome;
}

}  // namespace

Check wrapper_unresolved() {
  return {
      .id = "wrapper_unresolved",
      .title = "Every iptables-wrapper has chosen, or would choose rightly",
      .severity = Severity::warning,
      .needs = kNeeds<Fact::processes, Fact::installations>,
      .run = judge_wrapper_unresolved,
      .looks_for =
          "Components whose iptables still leads to the iptables-wrapper of their image, and what "
          "that form of the wrapper would choose now: the one of 2020 counts rules and takes "
          "legacy "
          "on a tie; the one of 2022 follows kubelet's hint and then counts; the one of 2023 "
          "follows "
          "the hint and else takes nf_tables.",
      .matters =
          "The first call of any name with any argument decides, rewrites the links, and is never "
          "reconsidered while the container lives. A note when it would take the node's backend by "
          "kubelet's hint; a warning when there is no hint yet, or for the form of 2020, which "
          "does not "
          "read it; an error when it would take the "
          "other side. On a read-only root the wrapper decides anew at each call.",
      .mend =
          "Nothing, when it would choose rightly. Else put kubelet's hint right first, then delete "
          "the pod. Never run iptables -V in such a container: that is the first call.",
      .sources =
          "kubernetes-sigs/iptables-wrappers: main.go, internal/iptables/detect.go,\n"
          "iptables-wrapper-installer.sh of 2020 and 2022"};
}

}  // namespace iptmode::checks
