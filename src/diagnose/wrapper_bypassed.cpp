// SPDX-License-Identifier: GPL-2.0-or-later

#include <fmt/format.h>

#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/fixed_links.h"
#include "diagnose/image_defects.h"
#include "diagnose/node_commands.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

bool is_harmful(const FixedLink& link) {
  return link.node && link.node != link.chosen;
}

/// A fixed link that is right does no harm as long as the node stays; names that still lead to the
/// wrapper can choose otherwise at their first call.
Severity severity_of(const FixedLink& link) {
  if (is_harmful(link)) return Severity::error;
  return wrapper_was_never_installed(*link.standing->installation) ? Severity::info
                                                                   : Severity::warning;
}

std::string message_of(const FixedLink& link) {
  const std::string start =
      wrapper_was_never_installed(*link.standing->installation)
          ? fmt::format(
                "The image of {} has an iptables-wrapper that was never installed: its "
                "iptables is always {}. ",
                link.standing->name, to_string(link.chosen))
          : fmt::format("{} has an iptables-wrapper and its iptables leads past it to {}. ",
                        link.standing->name, to_string(link.chosen));
  if (is_harmful(link))
    return start + fmt::format("This node is in {}: what it writes lies beside all others.",
                               to_string(*link.node));
  return start + "That is the backend of this node now; it will not follow when the node changes.";
}

std::vector<std::string> remedy_of(const FixedLink& link, const Snapshot& snapshot) {
  std::vector<std::string> steps;
  if (const std::string defect = known_defect(*link.standing->component); !defect.empty())
    steps.push_back(defect);
  if (wrapper_was_never_installed(*link.standing->installation)) {
    steps.emplace_back("a restart or a new pod does not help: use another release of the image");
    return steps;
  }
  steps.push_back(renew(*link.standing->component, snapshot));
  steps.emplace_back(
      "if the new container has the same link, its image never installs the wrapper: use another "
      "release of the image");
  return steps;
}

std::vector<std::string> evidence_of(const FixedLink& link, const NetworkState& network) {
  const Installation& image = *link.standing->installation;
  std::vector<std::string> evidence{describe_iptables(image)};
  if (wrapper_was_never_installed(image))
    evidence.emplace_back("/iptables-wrapper is there, and no search path leads to /");
  for (const std::string_view name : six_names())
    if (const Program* const program = image.find(name);
        program != nullptr && is_wrapper(program->form))
      evidence.push_back(fmt::format("{} still leads to the wrapper", program->path));
  if (link.choice.backend)
    evidence.push_back(fmt::format("the wrapper would choose {}: {}",
                                   to_string(*link.choice.backend), link.choice.reason));
  evidence.push_back(describe_hint(network));
  return evidence;
}

Finding finding_of(const FixedLink& link, const Domain& domain, const Snapshot& snapshot) {
  return {.severity = severity_of(link),
          .subject = link.standing->subject,
          .message = message_of(link),
          .evidence = evidence_of(link, *domain.network),
          .remedy = remedy_of(link, snapshot)};
}

CheckOutcome judge_wrapper_bypassed(const Snapshot& snapshot) {
  CheckOutcome outcome;
  for (const Domain& domain : domains_of(snapshot)) {
    const std::vector<Standing> standings = standings_of(domain, snapshot);
    for (const FixedLink& link : fixed_links_of(standings, *domain.network))
      if (link.bypassed) outcome.findings.push_back(finding_of(link, domain, snapshot));
  }
  return outcome;
}

}  // namespace

Check wrapper_bypassed() {
  return {
      .id = "wrapper_bypassed",
      .title = "An iptables-wrapper that is in an image is also used",
      .severity = Severity::error,
      .needs = kNeeds<Fact::processes, Fact::installations, Fact::legacy_rules, Fact::nft_rules>,
      .run = judge_wrapper_bypassed,
      .looks_for =
          "Images that bring an iptables-wrapper while iptables leads to a variant that the "
          "wrapper did not choose: the wrapper lies in / where nobody calls it, other names still "
          "lead to the wrapper, or the link leads to legacy "
          "although kubelet's hint is not there and was not there since the tables were last "
          "emptied.",
      .matters =
          "Such an image has one backend for ever, whatever the node uses. k0s' kube-router for "
          "1.31.1 and 1.31.2 was always legacy this way, while the node was in nf_tables. It is a "
          "note where a wrapper that was never installed leaves the right variant.",
      .mend =
          "Delete the pod once, in case an earlier state of the node explains the link. If it "
          "comes "
          "back the same, the image is built wrongly: use another release of it.",
      .sources =
          "k0sproject/k0s#5328, #5336, #5348\n"
          "k0sproject/image-builder: images/kube-router, commit 4044f5a\n"
          "kubernetes-sigs/iptables-wrappers: main.go, install"};
}

}  // namespace iptmode::checks
