// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include "diagnose/checks.h"
#include "diagnose/firewalld_commands.h"
#include "diagnose/firewalld_view.h"

namespace iptmode::checks {
namespace {

CheckOutcome judge_firewalld_flush(const Snapshot& snapshot) {
  CheckOutcome outcome{.skipped = no_firewalld(snapshot)};
  if (outcome.skipped) return outcome;
  const Firewalld& firewalld = *snapshot.firewalld;
  std::vector<std::string> evidence = host_ports_lost_by_reload(snapshot);
  if (evidence.empty()) return outcome;
  if (!firewalld.flushes_on_reload()) {
    outcome.undecided = "FlushAllOnReload of firewalld is not known";
    return outcome;
  }
  evidence.push_back(fmt::format("FlushAllOnReload=yes {}",
                                 firewalld.daemon.flush_all_on_reload
                                     ? "in the running daemon"
                                     : "in /etc/firewalld/firewalld.conf, or by default"));
  outcome.findings.push_back(
      {.severity = Severity::warning,
       .subject = subject_of(firewalld),
       .message =
           "The next reload of firewalld empties the iptables tables. kube-proxy and kube-router "
           "write theirs again within a minute; the hostPorts of running pods stay dead until the "
           "pods are made anew.",
       .evidence = std::move(evidence),
       .remedy = {
           "set FlushAllOnReload=no in /etc/firewalld/firewalld.conf",
           "systemctl restart firewalld empties the tables once more: do it when the node is "
           "drained, and delete the pods with hostPorts afterwards"}});
  return outcome;
}

}  // namespace

Check firewalld_flush() {
  return {
      .id = "firewalld_flush",
      .title = "A reload of firewalld leaves hostPorts alone",
      .severity = Severity::warning,
      .needs = kNeeds<Fact::host_iptables, Fact::legacy_rules, Fact::nft_rules, Fact::firewalld>,
      .run = judge_firewalld_flush,
      .looks_for =
          "A running firewalld with FlushAllOnReload=yes, which is the default, beside rules of "
          "the CNI plugin portmap (CNI-HOSTPORT-DNAT, CNI-DN-*) in the backend of the host's own "
          "iptables: that is the one firewalld empties (measured with firewalld 1.3.3, whichever "
          "backend it uses itself).",
      .matters =
          "portmap writes its rules once, when a pod starts. After `firewall-cmd --reload` they "
          "are gone while kube-proxy's and kube-router's come back by themselves: ingress "
          "controllers on hostPorts are unreachable until their pods are deleted.",
      .mend =
          "Set FlushAllOnReload=no and avoid reloads: change the running configuration with "
          "firewall-cmd and the permanent one with --permanent. After a reload that happened, "
          "delete the pods with hostPorts.",
      .sources =
          "firewalld.conf(5): FlushAllOnReload\n"
          "https://github.com/containernetworking/plugins/issues/512\n"
          "https://github.com/rancher/rke2/issues/10469\n"
          "https://github.com/firewalld/firewalld/issues/863"};
}

}  // namespace iptmode::checks
