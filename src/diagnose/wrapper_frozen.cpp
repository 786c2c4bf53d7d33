// SPDX-License-Identifier: GPL-2.0-or-later

#include <fmt/format.h>

#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/fixed_links.h"
#include "diagnose/node_commands.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

bool is_frozen(const FixedLink& link) {
  return !link.bypassed && link.choice.backend == other(link.chosen);
}

/// The link can be the right one and the hint the wrong one: then the next container goes wrong.
bool is_right_now(const FixedLink& link) {
  return link.node == link.chosen;
}

std::string message_of(const FixedLink& link) {
  const std::string_view chosen = to_string(link.chosen);
  const std::string_view now = to_string(other(link.chosen));
  if (is_right_now(link))
    return fmt::format(
        "{} keeps {}, as this node does, but its wrapper would choose {} now. The next container "
        "of "
        "it goes to the wrong side.",
        link.standing->name, chosen, now);
  return fmt::format(
      "{} keeps the {} that its wrapper chose earlier; now it would choose {}. The choice lasts as "
      "long as the container, so a restart of the process changes nothing.",
      link.standing->name, chosen, now);
}

std::vector<std::string> remedy_of(const FixedLink& link, const Domain& domain,
                                   const Snapshot& snapshot) {
  const Backend now = other(link.chosen);
  const bool in_both = domain.network->hint_in(now) && domain.network->hint_in(other(now));
  if (is_right_now(link) && in_both)
    return {"do not recreate the container before the hint is put right: hint_in_both says how"};
  if (is_right_now(link)) {
    std::vector<std::string> steps{fmt::format(
        "do not recreate the container yet: first remove the hint in {}", to_string(now))};
    for (std::string& step : remove_hint(snapshot, *domain.network, now))
      steps.push_back(std::move(step));
    return steps;
  }
  std::vector<std::string> steps{renew(*link.standing->component, snapshot)};
  if (link.standing->use_in(link.chosen).rules > 0)
    for (std::string& step :
         clear_backend(snapshot, *domain.network, link.chosen, link.standing->owner))
      steps.push_back(std::move(step));
  return steps;
}

Finding finding_of(const FixedLink& link, const Domain& domain, const Snapshot& snapshot) {
  return {.severity = is_right_now(link) ? Severity::warning : Severity::error,
          .subject = link.standing->subject,
          .message = message_of(link),
          .evidence = {describe_iptables(*link.standing->installation),
                       "an iptables-wrapper is in its path and no longer in its links",
                       fmt::format("it would choose {} now: {}", to_string(other(link.chosen)),
                                   link.choice.reason)},
          .remedy = remedy_of(link, domain, snapshot)};
}

CheckOutcome judge_wrapper_frozen(const Snapshot& snapshot) {
  CheckOutcome outcome;
  for (const Domain& domain : domains_of(snapshot)) {
    const std::vector<Standing> standings = standings_of(domain, snapshot);
    for (const FixedLink& link : fixed_links_of(standings, *domain.network))
      if (is_frozen(link)) outcome.findings.push_back(finding_of(link, domain, snapshot));
  }
  return outcome;
}

}  // namespace

Check wrapper_frozen() {
  return {
      .id = "wrapper_frozen",
      .title = "Every iptables-wrapper would choose again what it has chosen",
      .severity = Severity::error,
      .needs = kNeeds<Fact::processes, Fact::installations, Fact::legacy_rules, Fact::nft_rules>,
      .run = judge_wrapper_frozen,
      .looks_for =
          "Containers whose iptables-wrapper has replaced itself by links to one variant, while it "
          "would choose the other one now: the container is older than the node's change of mode, "
          "or older than kubelet's hint.",
      .matters =
          "The wrapper decides once, at its first call, and is never used again in that container. "
          "Restarting the process keeps the links, so the component goes on writing to the backend "
          "of earlier. Where the links are right and the hint is wrong, the next container of the "
          "component goes wrong: that is a warning.",
      .mend =
          "Delete the pod, so that a new container chooses again, then remove the rules it left "
          "in the other backend. Where the hint is wrong, remove the hint first.",
      .sources =
          "kubernetes-sigs/iptables-wrappers: README (after that first call, the wrapper is "
          "not used again)\n"
          "kubernetes/kubernetes#109059: kubelet's hint"};
}

}  // namespace iptmode::checks
