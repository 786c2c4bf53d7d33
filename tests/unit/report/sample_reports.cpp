// SPDX-License-Identifier: GPL-2.0-or-later
#include "sample_reports.h"

#include <utility>

#include "report/ranking.h"
#include "snapshot_builder.h"

namespace iptmode::testing {

namespace {

CheckResult a_pass(std::string_view id, std::string_view title) {
  return {.id = id, .title = title, .severity = Severity::error};
}

Report with(Snapshot snapshot, Verdict verdict, std::vector<CheckResult> checks) {
  Report report{.verdict = verdict, .checks = std::move(checks), .snapshot = std::move(snapshot)};
  report.fingerprint = std::string(64, '0');
  report.message = report::message_of(report);
  return report;
}

CheckResult mismatch() {
  const Finding worst{
      .severity = Severity::error,
      .subject = "kube-router (pid 1402)",
      .message =
          "kube-router writes legacy while kubelet and kube-proxy write nf_tables. Packets "
          "that kube-proxy rewrites pass both, in an order that depends on which was loaded "
          "last.",
      .evidence = {"/sbin/iptables -> /sbin/xtables-legacy-multi (1.8.9, legacy)",
                   "56 rules in KUBE-ROUTER-*, KUBE-NWPLCY-* (legacy filter)"},
      .remedy = {
          "use an image whose iptables is nf_tables, then delete the pod",
          "reboot the node: that is the only way to be rid of the legacy rules for certain"}};
  return {.id = "backend_mismatch",
          .title = "All components use one iptables backend",
          .severity = Severity::error,
          .status = CheckStatus::fail,
          .message = worst.message,
          .findings = {worst}};
}

CheckResult suppressed_warning() {
  return {.id = "legacy_empty",
          .title = "No legacy table is registered without a use",
          .severity = Severity::info,
          .findings = {{.severity = Severity::info,
                        .subject = "legacy table raw",
                        .message = "It is registered and empty.",
                        .suppressed = true},
                       {.severity = Severity::info,
                        .subject = "legacy table security",
                        .message = "It is registered and empty."}}};
}

}  // namespace

Report healthy_report() {
  return with(a_node(), Verdict::pass,
              {a_pass("backend_mismatch", "All components use one iptables backend"),
               a_pass("mode_split", "One backend holds the rules"),
               {.id = "calico_backend",
                .title = "Calico uses the node's backend",
                .severity = Severity::error,
                .status = CheckStatus::skip,
                .message = "no calico-node runs here"}});
}

Report split_report() {
  const Snapshot snapshot = a_node()
                                .with(kube_router().legacy("1.8.9"))
                                .rules(Backend::nf_tables, Owner::kube_router, 0)
                                .legacy_rules(Owner::kube_router, 56);
  Report report =
      with(snapshot, Verdict::fail,
           {mismatch(), a_pass("mode_split", "One backend holds the rules"), suppressed_warning()});
  report.summary = {.pass = 2, .fail = 1, .suppressed = 1};
  return report;
}

Report blind_report() {
  const Snapshot snapshot =
      a_node()
          .with(kube_proxy().no_installation())
          .gap(Fact::installations, "kube-proxy (pid 1311)", "setns mnt: Operation not permitted")
          .unread(Backend::legacy)
          .unread(Backend::nf_tables);
  CheckResult incomplete{.id = "incomplete",
                         .title = "Everything that a check needs could be read",
                         .status = CheckStatus::unknown,
                         .message = "3 facts could not be read"};
  for (const Gap& gap : snapshot.gaps)
    incomplete.findings.push_back({.severity = Severity::info,
                                   .subject = gap.subject,
                                   .message = gap.reason,
                                   .remedy = {"run iptmode as root"}});
  return with(snapshot, Verdict::unknown, {std::move(incomplete)});
}

Report idle_report() {
  return with(a_plain_machine(), Verdict::pass, {});
}

Report hostile_report() {
  const std::string evil =
      "\x1b[2J\x1b]0;owned\x07\xff\xfe \"quote\" back\\slash\nverdict: pass\xe2\x80\xae";
  Finding finding{.severity = Severity::error,
                  .subject = evil,
                  .message = evil,
                  .evidence = {evil},
                  .remedy = {evil}};
  const Snapshot snapshot = a_node().gap(Fact::declared, evil, evil).edit([&](Snapshot& all) {
    all.node = {.hostname = evil, .kernel = evil, .os_id = evil, .os_version = evil};
    all.node.network_namespace = kNodeNetwork;
    all.k0s->version = all.k0s->mode = all.k0s->data_dir = all.k0s->bin_dir = evil;
    Component& component = all.components.back();  // kube-router
    component.command = component.executable = evil;
    component.declared = {.mode = evil, .settings = {{evil, evil}}};
    for (Program& program : component.installation->programs) {
      program.path = evil;
      program.chain = {evil, evil};
    }
    all.networks.front().nft->push_back({.family = evil, .name = evil, .rules = 1});
    all.networks.front().legacy = {
        {.name = evil, .rules = 1, .owners = {{.rules = 1, .patterns = {evil}}}}};
  });
  return with(snapshot, Verdict::fail,
              {{.id = "backend_mismatch",
                .title = "title",
                .severity = Severity::error,
                .status = CheckStatus::fail,
                .message = evil,
                .findings = {finding}}});
}

}  // namespace iptmode::testing
