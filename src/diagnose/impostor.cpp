// SPDX-License-Identifier: GPL-2.0-or-later

#include <fmt/format.h>

#include "diagnose/checks.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

std::string_view explain(ImpostorReason reason) {
  switch (reason) {
    case ImpostorReason::none: return "";
    case ImpostorReason::other_network:
      return "it is in a network namespace of its own, where no node is";
    case ImpostorReason::no_net_admin: return "it has no CAP_NET_ADMIN and cannot write a rule";
    case ImpostorReason::other_user_namespace:
      return "it is in another user namespace, where its capabilities do not reach the node";
  }
  return "";
}

CheckOutcome judge_impostor(const Snapshot& snapshot) {
  CheckOutcome outcome;
  for (const Component& component : snapshot.components) {
    if (component.impostor == ImpostorReason::none) continue;
    Finding finding{.subject = subject_of(component)};
    finding.message = fmt::format(
        "A process carries the name of {} without being it: {}. It is not counted, and nothing of "
        "it was executed.",
        to_string(component.kind), explain(component.impostor));
    finding.evidence = {
        fmt::format("executable {}, command {}", component.executable, component.command),
        fmt::format("net:[{}], mnt:[{}]", component.network_namespace, component.mount_namespace)};
    if (!component.container_id.empty())
      finding.evidence.push_back("container " + component.container_id);
    finding.remedy = {
        "a test, a build or a pod of a tenant is harmless; if you expected the real one here, it "
        "is misplaced: look at its pod's hostNetwork and securityContext"};
    outcome.findings.push_back(std::move(finding));
  }
  return outcome;
}

}  // namespace

Check impostor() {
  return {
      .id = "impostor",
      .title = "Every process with a component's name is that component",
      .severity = Severity::info,
      .needs = kNeeds<Fact::processes>,
      .run = judge_impostor,
      .looks_for =
          "Processes whose executable and arguments are those of kube-proxy, kube-router and so "
          "on, but that cannot be them: without CAP_NET_ADMIN, in a network namespace without a "
          "node, or in another user namespace.",
      .matters =
          "Anybody can name a program kube-proxy. Whatever stands in such a container says nothing "
          "about this node, and to believe it would hide the real component's fault.",
      .mend =
          "Nothing, where the process is a test or a tenant's. Where it should be the real one, "
          "give its pod hostNetwork and the privileges of the component's own manifest.",
      .sources = "capabilities(7), network_namespaces(7), user_namespaces(7)"};
}

}  // namespace iptmode::checks
