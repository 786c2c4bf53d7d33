// SPDX-License-Identifier: GPL-2.0-or-later

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "diagnose/checks.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

std::string_view describe(Fact fact) {
  switch (fact) {
    case Fact::processes: return "which components run";
    case Fact::k0s: return "bin directory and settings of k0s";
    case Fact::host_iptables: return "iptables of the host";
    case Fact::installations: return "the iptables of a component";
    case Fact::declared: return "what a component was told to use";
    case Fact::legacy_rules: return "the rules in legacy tables";
    case Fact::nft_rules: return "the rules in nf_tables";
    case Fact::kernel_support: return "which backends the kernel can serve";
    case Fact::host_settings: return "what other firewalls on the host were told";
    case Fact::firewalld: return "settings and zones of firewalld";
    case Fact::node_networks: return "the networks of pods and services, and interfaces";
    case Fact::host_writers: return "who on the host uses its iptables";
    case Fact::listeners: return "the default routes and the listening sockets";
    case Fact::packet_path: return "the rules that a packet to this node can meet";
  }
  return "";
}

std::vector<std::string> checks_that_need(Fact fact) {
  std::vector<std::string> ids;
  for (const Check& check : all_checks())
    for (const Fact need : check.needs)
      if (need == fact && check.id != "incomplete") ids.emplace_back(check.id);
  return ids;
}

bool is_denial(const Gap& gap) {
  return gap.reason.find("ermission denied") != std::string::npos ||
         gap.reason.find("not permitted") != std::string::npos ||
         gap.reason.find("CAP_") != std::string::npos;
}

std::vector<std::string> remedy_of(const Gap& gap) {
  if (is_denial(gap))
    return {
        "run iptmode as root; in a container it must be privileged, with hostPID and without a "
        "seccomp or AppArmor profile of its own"};
  return {
      "run the audit again; if it stays, look at the reason: the process or file itself may be at "
      "fault"};
}

// A note on purpose: what was not seen is no fault of the node. The outcome as a whole is
// undecided.
Finding finding_for(const Gap& gap) {
  Finding finding{.severity = Severity::info, .subject = gap.subject};
  if (!gap.hides) {
    finding.message = fmt::format("Not read: {}. No check depends on it.", gap.reason);
    return finding;
  }
  finding.message = fmt::format("Not read: {}. This hides {}: a fault there would not be seen.",
                                gap.reason, describe(*gap.hides));
  if (const auto ids = checks_that_need(*gap.hides); !ids.empty())
    finding.evidence = {fmt::format("checks that need it: {}", fmt::join(ids, ", "))};
  finding.remedy = remedy_of(gap);
  return finding;
}

CheckOutcome judge_incomplete(const Snapshot& snapshot) {
  CheckOutcome outcome;
  std::vector<std::string> hidden;
  for (const Gap& gap : snapshot.gaps) {
    outcome.findings.push_back(finding_for(gap));
    if (gap.hides) hidden.push_back(gap.subject);
  }
  if (hidden.size() == 1)
    outcome.undecided = "not read: " + hidden.front();
  else if (!hidden.empty())
    outcome.undecided =
        fmt::format("{} facts could not be read, the first: {}", hidden.size(), hidden.front());
  return outcome;
}

}  // namespace

Check incomplete() {
  return {
      .id = "incomplete",
      .title = "Everything that a check needs could be read",
      .severity = Severity::info,
      .needs =
          kNeeds<Fact::processes, Fact::k0s, Fact::host_iptables, Fact::installations,
                 Fact::declared, Fact::legacy_rules, Fact::nft_rules, Fact::kernel_support,
                 Fact::host_settings, Fact::firewalld, Fact::node_networks, Fact::host_writers>,
      .run = judge_incomplete,
      .looks_for =
          "Whatever the audit wanted to read and could not: a process it may not look into, a "
          "table the kernel did not give, a program that did not answer in time, a capability that "
          "is missing. Each is listed with its reason and with what it hides.",
      .matters =
          "What was not seen may hide a fault. A report that left it out would say `pass` about a "
          "node nobody has looked at; so the verdict is `unknown`, unless a fault was found "
          "anyway.",
      .mend =
          "Run as root with the capabilities that the manual page lists. A program that hangs or a "
          "table that cannot be read is worth a look of its own.",
      .sources =
          "capabilities(7), proc(5) (hidepid)\n"
          "netlink(7): EPERM is no empty answer"};
}

}  // namespace iptmode::checks
