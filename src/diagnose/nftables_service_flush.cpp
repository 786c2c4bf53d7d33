// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include <fmt/format.h>

#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/node_commands.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

/// Who has rules in nft tables of IPv4 or IPv6, iptables' and native ones.
std::vector<std::string> losers_of(const NetworkState& network) {
  std::vector<std::string> names;
  if (!network.nft) return names;
  const auto add = [&](OwnerSet owners, std::uint64_t rules) {
    const std::string name = to_string(owners);
    // A chain that kubelet and kube-proxy share comes with others of theirs.
    if (rules > 0 && owners.members().size() == 1 && std::ranges::find(names, name) == names.end())
      names.push_back(name);
  };
  for (const NftTable& table : *network.nft) {
    if (table.family != "ip" && table.family != "ip6") continue;
    for (const OwnerUse& use : table.owners) add(use.owners, use.rules);
  }
  return names;
}

std::vector<RulesetFlush> harmful(const std::vector<RulesetFlush>& flushes) {
  std::vector<RulesetFlush> found;
  std::ranges::copy_if(flushes, std::back_inserter(found), &RulesetFlush::takes_iptables);
  return found;
}

std::string describe(const RulesetFlush& flush) {
  return fmt::format("{}:{}: flush ruleset{}{}", flush.file, flush.line,
                     flush.family.empty() ? "" : " ", flush.family);
}

/// What empties the tables, and when.
struct Fault {
  const NftablesService* service = nullptr;
  std::vector<RulesetFlush> at_start = {};
  std::vector<RulesetFlush> at_stop = {};
  std::vector<std::string> losers = {};
};

Severity severity_of(const Fault& fault) {
  if (fault.losers.empty()) return Severity::info;  // all of Kubernetes' rules are in legacy tables
  return fault.at_start.empty() ? Severity::warning : Severity::error;
}

std::string message_of(const Fault& fault) {
  const std::string_view when = fault.at_start.empty() ? "its stop, and so its restart, empties"
                                                       : "each reload or restart of it empties";
  if (fault.losers.empty())
    return fmt::format(
        "nftables.service is enabled and {} every nft table. No rule of Kubernetes is in one now.",
        when);
  return fmt::format(
      "nftables.service is enabled and {} every nft table: the rules of {} go with them. Services "
      "and network policies fail until each writer has come round again, hostPorts until their "
      "pods are made anew.",
      when, join_names(fault.losers));
}

std::vector<std::string> remedy_of(const Fault& fault, const Snapshot& snapshot) {
  std::vector<std::string> steps;
  for (const RulesetFlush& flush : fault.at_start)
    steps.push_back(fmt::format(
        "in {} replace line {} by one pair of lines for each table that the file defines: `table "
        "inet NAME` and `delete table inet NAME`",
        flush.file, flush.line));
  if (!fault.at_stop.empty())
    steps.emplace_back(
        "take the flush out of the stop command: `systemctl edit nftables.service`, section "
        "[Service], the lines `ExecStop=` and `ExecStop=/usr/sbin/nft delete table inet NAME`");
  steps.push_back(
      fmt::format("after a flush that has happened: `{}`, `{}`, and delete the pods "
                  "that have a hostPort",
                  stop_node(snapshot), start_node(snapshot)));
  return steps;
}

Finding finding_of(const Fault& fault, const Snapshot& snapshot) {
  Finding finding{.severity = severity_of(fault),
                  .subject = "nftables.service",
                  .message = message_of(fault),
                  .evidence = {"enabled by " + fault.service->enabled_by},
                  .remedy = remedy_of(fault, snapshot)};
  for (const RulesetFlush& flush : fault.at_start) finding.evidence.push_back(describe(flush));
  for (const RulesetFlush& flush : fault.at_stop)
    finding.evidence.push_back(describe(flush) + " (stop)");
  return finding;
}

CheckOutcome judge_nftables_service_flush(const Snapshot& snapshot) {
  CheckOutcome outcome;
  if (!snapshot.host_settings) {
    outcome.undecided = "the files of the host were not looked at";
    return outcome;
  }
  const auto& service = snapshot.host_settings->nftables_service;
  if (!service || service->enabled_by.empty()) return outcome;
  for (const Domain& domain : domains_of(snapshot)) {
    if (!domain.is_node || !domain.runs_kubernetes()) continue;
    const Fault fault{.service = &*service,
                      .at_start = harmful(service->at_start),
                      .at_stop = harmful(service->at_stop),
                      .losers = losers_of(*domain.network)};
    if (!fault.at_start.empty() || !fault.at_stop.empty())
      outcome.findings.push_back(finding_of(fault, snapshot));
  }
  return outcome;
}

}  // namespace

Check nftables_service_flush() {
  return {
      .id = "nftables_service_flush",
      .title = "nftables.service leaves the tables of others alone",
      .severity = Severity::error,
      .needs = kNeeds<Fact::processes, Fact::host_settings, Fact::nft_rules>,
      .run = judge_nftables_service_flush,
      .looks_for =
          "On a Kubernetes node: nftables.service enabled (a link to it in a *.wants directory of "
          "/etc/systemd/system), and `flush ruleset` in the files that its unit loads, in what "
          "they "
          "include, or in the unit's own commands. A flush of another family (`flush ruleset "
          "inet`) does not count.",
      .matters =
          "`flush ruleset` deletes the tables of everybody, iptables-nft's and kube-proxy's among "
          "them. At boot nothing is there yet; a reload after an edit, a restart or an upgrade of "
          "the package takes the rules of the running node. kube-proxy and the network plugin "
          "write theirs again within a minute; nobody renews the CNI plugins' hostPorts.",
      .mend =
          "Let the file replace its own tables only: declare the table, delete it, declare it "
          "with its content. The first declaration makes the delete succeed at boot. Debian's unit "
          "also flushes when it is stopped: override ExecStop.",
      .sources =
          "nft(8): flush ruleset\n"
          "Debian: nftables.service, /etc/nftables.conf\n"
          "https://github.com/k0sproject/k0s/issues/2908\n"
          "https://github.com/projectcalico/calico/issues/10872"};
}

}  // namespace iptmode::checks
