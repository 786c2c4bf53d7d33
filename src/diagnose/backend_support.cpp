// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnose/backend_support.h"

#include <fmt/format.h>

#include "diagnose/domains.h"
#include "diagnose/iptables_users.h"
#include "diagnose/node_commands.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

Support support_of(const Snapshot& snapshot, Backend backend) {
  return backend == Backend::legacy ? snapshot.support.legacy : snapshot.support.nft;
}

std::string evidence_of(const Snapshot& snapshot, Backend backend) {
  const std::string& evidence =
      backend == Backend::legacy ? snapshot.support.legacy_evidence : snapshot.support.nft_evidence;
  return fmt::format("kernel {} has no {} tables: {}", snapshot.node.kernel,
                     backend == Backend::legacy ? "legacy" : "nf",
                     evidence.empty() ? "not found" : evidence);
}

Severity severity_of(const IptablesUser& user, const Domain& domain, const Snapshot& snapshot) {
  if (user.idle) return Severity::info;
  const bool stopped = user.place == Place::k0s_bin && !snapshot.k0s->running &&
                       domain.find(ComponentKind::kubelet) == nullptr;
  return stopped ? Severity::warning : Severity::critical;  // its next start writes new links
}

std::vector<std::string> remedy_of(const IptablesUser& user, const Snapshot& snapshot,
                                   const MissingBackend& missing) {
  const std::string_view mode = missing.backend == Backend::legacy ? "nft" : "legacy";
  if (user.place == Place::k0s_bin)
    return {fmt::format("start k0s with --iptables-mode={}, and nothing else on the node in {}",
                        mode, to_string(missing.backend)),
            std::string{missing.in_kernel}};
  if (user.place == Place::host) return {switch_host(other(missing.backend))};
  return {fmt::format("let {} use {}: {}", to_string(user.component->kind),
                      to_string(other(missing.backend)), renew(*user.component, snapshot)),
          std::string{missing.in_kernel}};
}

Finding finding_for(const IptablesUser& user, const Domain& domain, const Snapshot& snapshot,
                    const MissingBackend& missing) {
  Finding finding{.severity = severity_of(user, domain, snapshot), .subject = user.subject};
  finding.message = fmt::format(
      "{} uses the {} variant of iptables, and this kernel has no {}: every call fails ({}), and "
      "not one of its rules is in place.",
      user.subject, to_string(missing.backend), to_string(missing.backend), missing.symptom);
  finding.evidence = {program_of(user), evidence_of(snapshot, missing.backend)};
  if (const auto behind = users_behind(user.place); !behind.empty())
    finding.evidence.emplace_back(behind);
  finding.remedy = remedy_of(user, snapshot, missing);
  return finding;
}

}  // namespace

CheckOutcome find_users_without_support(const Snapshot& snapshot, const MissingBackend& missing) {
  CheckOutcome outcome;
  const Support support = support_of(snapshot, missing.backend);
  if (support == Support::yes) return outcome;
  for (const Domain& domain : domains_of(snapshot))
    for (const IptablesUser& user : iptables_users(domain, snapshot)) {
      if (user.backend != missing.backend) continue;
      if (support == Support::no) {
        outcome.findings.push_back(finding_for(user, domain, snapshot, missing));
      } else if (!user.idle && domain.network->rules_in(missing.backend) == 0) {
        outcome.undecided = fmt::format("{} uses {}, and whether this kernel has it is not known",
                                        user.subject, to_string(missing.backend));
      }
    }
  return outcome;
}

}  // namespace iptmode::checks
