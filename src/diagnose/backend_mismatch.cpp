// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include <fmt/format.h>

#include "diagnose/backend_oddity.h"
#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/host_users.h"
#include "diagnose/image_defects.h"
#include "diagnose/node_commands.h"
#include "diagnose/standing.h"
#include "diagnose/subject_names.h"
#include "diagnose/wrapper_choice.h"

namespace iptmode::checks {
namespace {

/// What the split does to traffic, by whose rules are apart.
std::string harm_of(const Standing& odd, Backend node) {
  const std::string_view away = to_string(other(node));
  const std::string_view home = to_string(node);
  if (odd.is(ComponentKind::kube_router))
    return fmt::format(
        "Its network policies are in {}; packets that kube-proxy rewrites in {} pass both, "
        "in an order that depends on which was loaded last.",
        away, home);
  if (odd.is(ComponentKind::kube_proxy))
    return fmt::format(
        "Services are rewritten in {}, and what the others accept, drop or masquerade in {} is "
        "decided apart from it.",
        away, home);
  if (odd.is(ComponentKind::kubelet) || odd.component == nullptr)
    return fmt::format(
        "CNI plugins and kubelet run this iptables: host ports and masquerading land in {}, apart "
        "from the rules that they belong to.",
        away);
  if (odd.is(ComponentKind::dockerd))
    return fmt::format(
        "Docker drops forwarded traffic in {}; an accept in {} does not overrule it.", away, home);
  return fmt::format("Packets pass both rule sets; an accept in {} does not overrule a drop in {}.",
                     home, away);
}

std::string what_of(const Standing& odd, Oddity oddity, Backend node) {
  const std::string_view away = to_string(other(node));
  switch (oddity) {
    case Oddity::binary: return fmt::format("{} would write {}", odd.name, away);
    case Oddity::next_write:
      return fmt::format("{} has its rules in {}, its next call writes {}", odd.name,
                         to_string(node), away);
    case Oddity::ipv6: return fmt::format("{} writes its IPv6 rules to {}", odd.name, away);
    case Oddity::none:
    case Oddity::effect:
    case Oddity::in_both: break;
  }
  return fmt::format("{} writes {}", odd.name, away);
}

std::string message_of(const Standing& odd, Oddity oddity, const MismatchView& view) {
  std::vector<std::string> names;
  for (const Standing* standing : counterparts_of(odd, view)) names.push_back(standing->name);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::string harm = harm_of(odd, view.node);
  if (oddity == Oddity::ipv6 && !meets_ipv6(odd, view))
    harm = fmt::format("No IPv6 rule in {} acts on the same packets yet.", to_string(view.node));
  return fmt::format("{} while {} {} {}. {}", what_of(odd, oddity, view.node), join_names(names),
                     names.size() == 1 ? "writes" : "write", to_string(view.node), harm);
}

std::string describe_wrapper(const Standing& standing) {
  if (standing.installation == nullptr || standing.component == nullptr) return {};
  const ComponentTraits& row = traits(standing.component->kind);
  if (!row.in_container || row.use != IptablesUse::by_link) return {};
  if (wrapper_was_never_installed(*standing.installation))
    return "an iptables-wrapper lies in / and was never installed";
  return standing.installation->wrapper_present ? "an iptables-wrapper is in its path"
                                                : "no iptables-wrapper is in its path";
}

std::vector<std::string> evidence_of(const Standing& odd, Oddity oddity, const MismatchView& view) {
  std::vector<std::string> evidence{describe(odd)};
  if (const std::string wrapper = describe_wrapper(odd); !wrapper.empty())
    evidence.push_back(wrapper);
  if (odd.component == nullptr)
    evidence.push_back(fmt::format("k0s was told --iptables-mode={}", view.snapshot.k0s->mode));
  for (const Standing* standing : counterparts_of(odd, view))
    evidence.push_back(describe(*standing));
  if (const std::string unknown = describe_unknown_writers(view.network, other(view.node));
      !unknown.empty() && oddity != Oddity::binary)
    evidence.push_back(unknown);
  evidence.push_back(describe_hint(view.network));
  return evidence;
}

/// The node could also follow kubelet instead of kubelet the node: only a reboot gets it there.
std::string way_round(Backend odd) {
  return fmt::format(
      "or, if {} is what you want: keep k0s on {} and reboot the node, so that every "
      "container chooses anew",
      to_string(odd), mode_flag(odd));
}

std::vector<std::string> remedy_of(const Standing& odd, Oddity oddity, const MismatchView& view) {
  const Backend away = other(view.node);
  std::vector<std::string> steps;
  if (odd.component == nullptr) {
    steps.push_back(fmt::format("start k0s with {}, or with auto once {} is empty",
                                mode_flag(view.node), to_string(away)));
  } else if (odd.binary != std::optional{view.node}) {
    steps = move_to(*odd.component, view.node, view.snapshot);
  } else if (oddity == Oddity::ipv6) {
    steps.push_back(
        fmt::format("bring its ip6tables to {} as its iptables is (install_inconsistent "
                    "says where it leads), then {}",
                    to_string(view.node), renew(*odd.component, view.snapshot)));
  }
  if (oddity == Oddity::effect || oddity == Oddity::in_both || oddity == Oddity::ipv6)
    for (std::string& step : clear_backend(view.snapshot, view.network, away, odd.owner))
      steps.push_back(std::move(step));
  if (odd.component == nullptr || odd.is(ComponentKind::kubelet)) steps.push_back(way_round(away));
  return steps;
}

Finding finding_of(const Standing& odd, Oddity oddity, const MismatchView& view) {
  return {.severity = severity_of(odd, oddity, view),
          .subject = odd.subject,
          .message = message_of(odd, oddity, view),
          .evidence = evidence_of(odd, oddity, view),
          .remedy = remedy_of(odd, oddity, view)};
}

/// Whoever on the host uses its iptables writes beside everybody else. What is there already is
/// mode_split's.
Finding host_finding(const MismatchView& view, const std::vector<std::string>& writers) {
  const Backend away = other(view.node);
  const bool one = writers.size() == 1;
  Finding finding{
      .severity = Severity::warning,
      .subject = std::string{kHostSubject},
      .message =
          fmt::format("iptables of the host is the {} variant while this node is in {}, "
                      "and {} {} it: {} rules land beside all others, so a drop there stands "
                      "whatever Kubernetes accepts.",
                      to_string(away), to_string(view.node), join_names(writers),
                      one ? "uses" : "use", one ? "its" : "their"),
      .evidence = {describe_iptables(*view.snapshot.host)},
      .remedy = {switch_host(view.node),
                 "then run once more what uses it, and remove the rules that it left in the other "
                 "backend"}};
  for (std::string& line : uses_of_host_iptables(view.snapshot))
    finding.evidence.push_back(std::move(line));
  return finding;
}

/// ufw_active speaks of ufw's rules, and knows how to mend it.
bool ufw_is_told(const MismatchView& view) {
  const Backend away = other(view.node);
  return view.network.use_of(Owner::ufw, away).rules > 0 &&
         view.network.use_of(Owner::ufw, view.node).rules == 0;
}

/// What a daemon on the host has written there already is told of the daemon.
bool daemon_is_told(const MismatchView& view) {
  return std::ranges::any_of(view.standings, [&](const Standing& standing) {
    return standing.component != nullptr && !traits(standing.component->kind).kubernetes &&
           standing.use_in(other(view.node)).rules > 0;
  });
}

std::string message_of_idle_host(const MismatchView& view,
                                 const std::vector<std::string>& daemons) {
  const std::string use = daemons.empty()
                              ? "a rule that somebody adds with it"
                              : fmt::format("what {} {} with it from now on", join_names(daemons),
                                            daemons.size() == 1 ? "adds" : "add");
  return fmt::format(
      "iptables of the host is the {} variant while this node is in {}. Kubernetes does not use "
      "it; {} lands beside all others.",
      to_string(other(view.node)), to_string(view.node), use);
}

/// Without anybody who has used it, it is a note: whoever does writes beside everybody else.
void note_idle_host(CheckOutcome& outcome, const MismatchView& view) {
  const auto daemons = daemons_with_host_iptables(view.snapshot);
  if (!daemons.empty() && daemon_is_told(view)) return;
  outcome.findings.push_back(
      {.severity = Severity::info,
       .subject = std::string{kHostSubject},
       .message = message_of_idle_host(view, daemons),
       .evidence = {describe_iptables(*view.snapshot.host)},
       .remedy = {
           daemons.empty()
               ? fmt::format("by hand, use {}",
                             command_for(view.snapshot, view.node, IpFamily::ipv4))
               : fmt::format("{}; then restart {}", switch_host(view.node), join_names(daemons))}});
}

void note_host(CheckOutcome& outcome, const MismatchView& view, const Domain& domain) {
  if (!view.snapshot.host || view.snapshot.node.role == NodeRole::none) return;
  const Program* const primary = view.snapshot.host->primary();
  if (primary == nullptr || primary->identity().backend != other(view.node)) return;
  std::vector<std::string> writers = writers_with_host_iptables(view.snapshot);
  const bool idle = writers.empty();
  if (domain.runs_kubernetes() && ufw_is_told(view)) std::erase(writers, "ufw");
  if (!writers.empty()) outcome.findings.push_back(host_finding(view, writers));
  if (idle) note_idle_host(outcome, view);
}

/// Somebody whose side cannot be told could be the odd one. A wrapper that has not chosen is not
/// among them: wrapper_unresolved says what it will do.
void note_unknown(CheckOutcome& outcome, const std::vector<Standing>& standings) {
  for (const Standing& standing : standings) {
    const bool chooses_itself = standing.component != nullptr &&
                                traits(standing.component->kind).use == IptablesUse::by_name &&
                                standing.rules_read;
    const bool absent = standing.installation != nullptr && standing.installation->empty();
    if (standing.side() || standing.pending || chooses_itself || absent) continue;
    outcome.undecided = fmt::format("the backend of {} is not known", standing.subject);
  }
}

/// docker_coexist speaks of Docker's rules on a Kubernetes node and calico_backend of felix, and
/// they know how to mend it.
bool has_a_check_of_its_own(const Standing& odd, Oddity oddity, const Domain& domain,
                            const Snapshot& snapshot) {
  if (odd.is(ComponentKind::calico_node))
    return std::ranges::any_of(calico_backend().run(snapshot).findings, [&](const Finding& one) {
      return one.subject == odd.subject && one.severity >= Severity::error;
    });
  return odd.is(ComponentKind::dockerd) && domain.runs_kubernetes() &&
         (oddity == Oddity::effect || oddity == Oddity::in_both);
}

void compare(CheckOutcome& outcome, const Domain& domain, const Snapshot& snapshot) {
  const std::vector<Standing> standings = standings_of(domain, snapshot);
  note_unknown(outcome, standings);
  const std::optional<Backend> node = node_backend(standings);
  if (!node) return;
  const MismatchView view{snapshot, *domain.network, standings, *node};
  for (const Standing& standing : standings) {
    const Oddity oddity = oddity_of(standing, *node);
    if (oddity == Oddity::none || has_a_check_of_its_own(standing, oddity, domain, snapshot))
      continue;
    if (counterparts_of(standing, view).empty()) continue;
    outcome.findings.push_back(finding_of(standing, oddity, view));
  }
  if (domain.is_node) note_host(outcome, view, domain);
}

CheckOutcome judge_backend_mismatch(const Snapshot& snapshot) {
  CheckOutcome outcome;
  bool anybody = false;
  for (const Domain& domain : domains_of(snapshot)) {
    anybody = anybody || !standings_of(domain, snapshot).empty();
    compare(outcome, domain, snapshot);
  }
  if (!anybody) outcome.skipped = "nothing that runs here writes iptables rules";
  return outcome;
}

}  // namespace

Check backend_mismatch() {
  return {
      .id = "backend_mismatch",
      .title = "All that write iptables rules here use one backend",
      .severity = Severity::error,
      .needs = kNeeds<Fact::processes, Fact::k0s, Fact::installations, Fact::declared,
                      Fact::legacy_rules, Fact::nft_rules>,
      .run = judge_backend_mismatch,
      .looks_for =
          "In each network namespace it compares the components that write iptables rules, kubelet "
          "with k0s' bin directory behind it included: first where their own chains are, then what "
          "their next call would use. The side where kubelet and kube-proxy agree, else that of "
          "most of Kubernetes' components, is the node's; who stands on the other side is named. "
          "The host's own iptables counts when something on the host uses it: ufw, a rules file "
          "that is loaded at boot, a systemd unit, rc.local, a script of ifupdown or cron. Else it "
          "is a note: Kubernetes does not use it. Docker's rules on a Kubernetes node are "
          "docker_coexist's to report, ufw's ufw_active's, and felix is calico_backend's.",
      .matters =
          "The kernel runs both rule sets on every packet. An accept is final only within its own "
          "backend, so a network policy in legacy and a service in nf_tables decide apart from "
          "each "
          "other; which of them sees a packet first depends on which was loaded last. It is an "
          "error as soon as rules are apart that rely on each other; critical where a FORWARD "
          "chain "
          "drops by default; a warning while the odd one has no rule yet, or where only its IPv6 "
          "rules are apart and meet no others.",
      .mend =
          "Bring the odd one to the node's side: delete its pod if its wrapper would choose "
          "rightly "
          "now, replace the image if it cannot choose, set k0s' --iptables-mode if it is k0s. Then "
          "remove what it left in the other backend: a reboot is the sure way, else stop k0s, save "
          "and empty those tables, start k0s. The finding on your node lists the commands.",
      .sources =
          "kubernetes/kubernetes#71305\n"
          "cloudnativelabs/kube-router#1069\n"
          "k0sproject/k0s#5328 and #5336: kube-router that was always legacy\n"
          "kubernetes/node-problem-detector#844: two modes alone are no outage\n"
          "k0s: docs/networking.md, pkg/component/iptables/iptables.go"};
}

}  // namespace iptmode::checks
