// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include <fmt/format.h>

#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/image_defects.h"
#include "diagnose/node_commands.h"
#include "diagnose/standing.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

/// What a new container here has to be able to do: kubelet's hint where it names one backend, else
/// where the others are.
std::optional<Backend> wanted_backend(const NetworkState& network,
                                      const std::vector<Standing>& standings) {
  const bool legacy = network.hint_in(Backend::legacy);
  if (legacy != network.hint_in(Backend::nf_tables))
    return legacy ? Backend::legacy : Backend::nf_tables;
  return node_backend(standings);
}

bool lacks(const Standing& standing, Backend wanted) {
  if (standing.component == nullptr || standing.installation == nullptr) return false;
  if (!traits(standing.component->kind).in_container) return false;
  // With neither variant the component has no iptables at all; that is no question of backends.
  return !standing.installation->available(wanted).present &&
         standing.installation->available(other(wanted)).present;
}

std::string describe_variants(const Installation& image, Backend backend) {
  const Installation::Available found = image.available(backend);
  if (!found.present) return fmt::format("no {} variant in the image", to_string(backend));
  return fmt::format("the image has the {} variant, {}", to_string(backend),
                     found.version ? to_string(*found.version) : "version unknown");
}

Finding finding_of(const Standing& standing, const Domain& domain, Backend wanted) {
  Finding finding{.severity = Severity::error,
                  .subject = standing.subject,
                  .message = fmt::format("The image of {} has no {} variant, and this node is in "
                                         "{}. It writes {} whatever the node "
                                         "uses; a restart does not help.",
                                         standing.name, to_string(wanted), to_string(wanted),
                                         to_string(other(wanted))),
                  .evidence = {describe_variants(*standing.installation, wanted),
                               describe_variants(*standing.installation, other(wanted)),
                               describe(standing), describe_hint(*domain.network)}};
  if (const std::string defect = known_defect(*standing.component); !defect.empty())
    finding.remedy.push_back(defect);
  finding.remedy.emplace_back("use an image that has both variants");
  if (domain.is_node)
    finding.remedy.push_back(fmt::format("or bring the node to {}: start k0s with {}, then reboot",
                                         to_string(other(wanted)), mode_flag(other(wanted))));
  return finding;
}

CheckOutcome judge_image_lacks_backend(const Snapshot& snapshot) {
  CheckOutcome outcome;
  for (const Domain& domain : domains_of(snapshot)) {
    const std::vector<Standing> standings = standings_of(domain, snapshot);
    const std::optional<Backend> wanted = wanted_backend(*domain.network, standings);
    if (!wanted) continue;
    for (const Standing& standing : standings)
      if (lacks(standing, *wanted))
        outcome.findings.push_back(finding_of(standing, domain, *wanted));
  }
  return outcome;
}

}  // namespace

Check image_lacks_backend() {
  return {
      .id = "image_lacks_backend",
      .title = "Every image can do the backend that this node uses",
      .severity = Severity::error,
      .needs = kNeeds<Fact::processes, Fact::installations>,
      .run = judge_image_lacks_backend,
      .looks_for =
          "Which variants of iptables an image holds under any name (xtables-nft-multi, "
          "xtables-legacy-multi, iptables-nft, iptables-legacy), against the backend that "
          "kubelet's "
          "hint names or, without a hint, the others use. An image with one variant is fine where "
          "it is the right one.",
      .matters =
          "A wrapper, a restart, a new pod: nothing brings such a container to the node's side. "
          "Its "
          "rules always lie beside the others. k0s' kube-router images for 1.33 and 1.34 have no "
          "legacy variant; Alpine has had legacy in a package of its own since 3.19.",
      .mend =
          "Use an image that has both variants, or bring the node to the backend that the image "
          "has.",
      .sources =
          "cloudnativelabs/kube-router#1641\n"
          "projectcalico/calico#2322\n"
          "aws/amazon-vpc-cni-k8s#2155\n"
          "k0sproject/image-builder: images/kube-router"};
}

}  // namespace iptmode::checks
