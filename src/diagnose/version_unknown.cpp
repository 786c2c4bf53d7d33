// SPDX-License-Identifier: GPL-2.0-or-later

#include <fmt/format.h>

#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/iptables_users.h"
#include "diagnose/subject_names.h"
#include "diagnose/wrapper_choice.h"

namespace iptmode::checks {
namespace {

/// 1.8.9 to 1.8.13 read alike, so another 1.8 release most likely does; a new series may not.
Severity severity_of_newer(Version version) {
  const bool same_series =
      version.release == kNewestKnown.release && version.feature == kNewestKnown.feature;
  return same_series ? Severity::info : Severity::warning;
}

Finding newer(const IptablesUser& user) {
  Finding finding{.severity = severity_of_newer(*user.version), .subject = user.subject};
  finding.message = fmt::format(
      "iptables {} is newer than {}, the newest release that this program knows. Whether older "
      "programs here read its rules correctly is not known.",
      to_string(*user.version), to_string(kNewestKnown));
  finding.evidence = {program_of(user)};
  finding.remedy = {"use a newer release of iptmode, if there is one"};
  return finding;
}

/// Why the version could not be told, as far as the snapshot says.
std::string reason_of(const IptablesUser& user) {
  const Program* const primary = user.installation->primary();
  if (primary == nullptr) return "no iptables program";
  if (!primary->problem.empty()) return primary->problem;
  if (!primary->run_problem.empty()) return primary->run_problem;
  return primary->by_run ? "neither the file nor its run tells it"
                         : "the file does not tell it, and it was not run";
}

Finding unreadable(const IptablesUser& user) {
  Finding finding{.severity = Severity::info, .subject = user.subject};
  finding.message =
      "The version of this iptables could not be read, so whether it misreads rules of others, or "
      "has a known fault, could not be decided.";
  finding.evidence = {describe_iptables(*user.installation), reason_of(user)};
  finding.remedy = {
      "run the audit as root and without --no-exec; a wrapper or script of your own is asked with "
      "`xtables-nft-multi iptables -V` beside it"};
  return finding;
}

/// Legacy tables have one encoding for all versions: there the version decides little.
bool decides_anything(const IptablesUser& user) {
  return user.backend != Backend::legacy && !user.idle;
}

/// Whether there is a program at all whose version could be told. A broken link, an image without
/// the backend that its wrapper takes, and felix before it has decided have none.
bool has_a_program(const IptablesUser& user) {
  const bool by_name = user.is(ComponentKind::calico_node);
  const Program* const primary = user.installation->primary();
  if (by_name || wrapper_is_pending(*user.installation))
    return user.backend && user.installation->available(*user.backend).present;
  return primary != nullptr && primary->form != ProgramForm::dangling &&
         primary->form != ProgramForm::not_a_file;
}

CheckOutcome judge_version_unknown(const Snapshot& snapshot) {
  CheckOutcome outcome;
  std::vector<std::string> undecided;
  for (const Domain& domain : domains_of(snapshot))
    for (const IptablesUser& user : iptables_users(domain, snapshot)) {
      if (user.version && *user.version > kNewestKnown) outcome.findings.push_back(newer(user));
      if (user.version || !has_a_program(user)) continue;
      outcome.findings.push_back(unreadable(user));
      if (decides_anything(user)) undecided.push_back(user.subject);
    }
  if (!undecided.empty())
    outcome.undecided =
        fmt::format("the iptables version of {} is not known", join_names(undecided));
  return outcome;
}

}  // namespace

Check version_unknown() {
  return {
      .id = "version_unknown",
      .title = "The version of every iptables is known",
      .severity = Severity::info,
      .needs = kNeeds<Fact::processes, Fact::k0s, Fact::installations>,
      .run = judge_version_unknown,
      .looks_for =
          "Programs that are newer than the newest release this program was verified with, and "
          "programs whose version neither the file nor a run tells.",
      .matters =
          "How nf_tables rules are encoded changes from release to release, and an old reader may "
          "take a new form for something else. Nothing is claimed about releases that were not "
          "measured.",
      .mend =
          "Use a newer release of iptmode. For a version that could not be read, run as root, and "
          "without --no-exec.",
      .sources =
          "measured: 1.8.7, 1.8.9, 1.8.11 and 1.8.13 as Debian builds them, every writer against "
          "every reader\n"
          "iptables: nft-shared.c, the decoder of rules, changed in 1.8.7, 1.8.8, 1.8.9 and "
          "1.8.10"};
}

}  // namespace iptmode::checks
