// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "diagnose/checks.h"
#include "diagnose/cross_readers.h"
#include "diagnose/domains.h"
#include "diagnose/iptables_users.h"
#include "diagnose/known_bugs.h"
#include "diagnose/node_commands.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

bool concerns(const Bug& bug, const IptablesUser& user) {
  return user.backend == bug.backend && user.version && *user.version >= bug.first &&
         *user.version <= bug.last;
}

/// The file to try, as it is called from the host; a container's is tried with its own image.
std::string confirmation(const Bug& bug, const IptablesUser& user) {
  std::string text{bug.confirm};
  const bool multi = user.program.ends_with("-multi");
  const std::string command = multi ? user.program + " iptables" : std::string{"iptables-nft"};
  for (auto at = text.find("{nft}"); at != std::string::npos; at = text.find("{nft}"))
    text.replace(at, 5, command);
  const bool inside = user.component != nullptr && traits(user.component->kind).in_container;
  return inside && text.starts_with("unshare") ? "with the image's own file: " + text : text;
}

std::string renewal(const IptablesUser& user, const Snapshot& snapshot) {
  return user.component == nullptr ? std::string{} : ", then " + renew(*user.component, snapshot);
}

bool is_confirmed(const Bug& bug, const IptablesUser& user, const Snapshot& snapshot) {
  const BugProbe* const probe = probe_of(user, snapshot, bug.probe);
  return probe != nullptr && probe->outcome == BugProbe::Outcome::present;
}

Finding suspect(const Bug& bug, const IptablesUser& user, const Bite& bite,
                const Snapshot& snapshot) {
  Finding finding{.severity = bite.severity, .subject = user.subject};
  finding.message = fmt::format("iptables {} ({}) has a bug that matters here: {}.",
                                to_string(*user.version), to_string(bug.backend), bug.what);
  finding.evidence = {program_of(user), bite.because};
  if (is_confirmed(bug, user, snapshot))
    finding.evidence.push_back("confirmed with this very file: " +
                               probe_of(user, snapshot, bug.probe)->detail);
  else if (const std::string confirm = confirmation(bug, user); !confirm.empty())
    finding.remedy.push_back("confirm: " + confirm);
  finding.remedy.push_back(fmt::format("{}{}", bug.remedy, renewal(user, snapshot)));
  return finding;
}

/// One note for all who could meet a bug that nothing seen here makes bite.
Finding note_of(const Bug& bug, const std::vector<const IptablesUser*>& users,
                const Snapshot& snapshot) {
  const Version version = *users.front()->version;
  Finding finding{.subject =
                      fmt::format("iptables {} ({})", to_string(version), to_string(bug.backend))};
  bool all_confirmed = true;
  for (const IptablesUser* user : users) {
    const bool confirmed = is_confirmed(bug, *user, snapshot);
    all_confirmed = all_confirmed && confirmed;
    finding.evidence.push_back(fmt::format("{}: {}{}", user->subject, program_of(*user),
                                           confirmed ? "; tried: it has the bug" : ""));
  }
  finding.message = fmt::format(
      "A bug of this release could matter to whoever uses it, but nothing seen here makes it bite: "
      "{}.{}",
      bug.what, all_confirmed ? "" : " The package may have it mended without a new number.");
  return finding;
}

/// The program itself was tried and does not have the bug: it was mended without a new number.
bool is_cleared(const Bug& bug, const IptablesUser& user, const Snapshot& snapshot) {
  const BugProbe* const probe = probe_of(user, snapshot, bug.probe);
  return probe != nullptr && probe->outcome == BugProbe::Outcome::absent;
}

void examine(const Bug& bug, const Domain& domain, const Snapshot& snapshot,
             std::vector<Finding>& findings) {
  const Surroundings node{.network = *domain.network, .snapshot = snapshot};
  const std::vector<IptablesUser> users = iptables_users(domain, snapshot);
  std::map<Version, std::vector<const IptablesUser*>> notes;
  for (const IptablesUser& user : users) {
    if (!concerns(bug, user) || is_cleared(bug, user, snapshot)) continue;
    const std::optional<Bite> bite = bug.bite(user, node);
    if (!bite) continue;
    if (user.idle || bite->severity == Severity::info) {
      notes[*user.version].push_back(&user);
    } else {
      findings.push_back(suspect(bug, user, *bite, snapshot));
    }
  }
  for (const auto& [version, noted] : notes) findings.push_back(note_of(bug, noted, snapshot));
}

CheckOutcome judge_version_known_bad(const Snapshot& snapshot) {
  CheckOutcome outcome;
  for (const Domain& domain : domains_of(snapshot))
    for (const Bug& bug : known_bugs()) examine(bug, domain, snapshot, outcome.findings);
  return outcome;
}

}  // namespace

Check version_known_bad() {
  return {
      .id = "version_known_bad",
      .title = "No iptables in use has a known bug that matters here",
      .severity = Severity::warning,
      .needs = kNeeds<Fact::processes, Fact::k0s, Fact::installations, Fact::legacy_rules,
                      Fact::nft_rules, Fact::kernel_support>,
      .run = judge_version_known_bad,
      .looks_for =
          "Releases with a bug of their own: 1.8.0 to 1.8.2, 1.8.3, 1.8.4, 1.8.8, 1.8.10 and "
          "1.8.11 of the nf_tables variant, static builds up to 1.8.7, ip6tables 1.8.9 of the "
          "legacy variant. Whoever never does what a bug needs is left out: kube-proxy with 1.8.11 "
          "is fine. A version alone is a note, because distributions mend bugs without a new "
          "number; it becomes a warning where a program here does what the bug needs, and an error "
          "where the kernel holds the rules that it harms.",
      .matters =
          "Rules are added again and again, not added at all, or the wrong one is deleted: chains "
          "of thousands of equal rules, host ports that do not answer, a bridge without isolation.",
      .mend =
          "Where the readers were asked to read the rules, the program itself was tried: the "
          "finding "
          "then says that it is confirmed, and a mended build is left out. Else confirm first: "
          "each "
          "finding says how, in a scratch network namespace that leaves the node alone. Then use a "
          "release without the bug; k0s 1.36 and later bring 1.8.13.",
      .sources =
          "1.8.0-1.8.2: https://github.com/kubernetes/kubernetes/issues/82361, "
          "https://github.com/k3s-io/k3s/issues/3117\n"
          "1.8.0-1.8.6, listing: iptables commit fd4b9bf0\n"
          "1.8.3: iptables commit e5cab728\n"
          "1.8.4: https://github.com/kubernetes/kubernetes/issues/94700\n"
          "up to 1.8.7, static: iptables commit e727ccad, netfilter bug 1550\n"
          "1.8.8: iptables commit f315af1c, netfilter bug 1642\n"
          "1.8.9: iptables commit 78850e7d, netfilter bug 1667\n"
          "1.8.10: https://github.com/cloudnativelabs/kube-router/issues/1676\n"
          "1.8.11: iptables commits 9ccae639 and 40406dbf, "
          "https://github.com/moby/moby/issues/49667, Debian bug 1087210"};
}

}  // namespace iptmode::checks
