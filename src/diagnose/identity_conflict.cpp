// SPDX-License-Identifier: GPL-2.0-or-later
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/places.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

std::string words_of(const Identity& identity) {
  return fmt::format("{} ({})",
                     identity.version ? to_string(*identity.version) : "version not told",
                     identity.backend ? to_string(*identity.backend) : "backend not told");
}

Finding conflict_of(const NamedPlace& place, const Program& program) {
  Finding finding{.severity = Severity::warning, .subject = place.subject};
  finding.message = fmt::format(
      "The file behind {} and its run disagree about what it is. The run is believed here; until "
      "it is known why, what is said about this iptables may be wrong.",
      program.path.empty() ? program.name : program.path);
  finding.evidence = {
      fmt::format("the file {} says {}", program.resolved(), words_of(program.by_file)),
      fmt::format("run as `iptables -V` it says {}", words_of(*program.by_run))};
  finding.remedy = {
      "compare the file with the one of its package or image: a patched or replaced binary, a "
      "preloaded library or a program that is not iptables can be behind it",
      "if nobody changed it on purpose, treat the container or host as tampered with"};
  return finding;
}

/// The six names are links to one file, and kubelet's are k0s' or the host's: it is told once.
using FileKey = std::tuple<std::uint64_t, std::uint64_t, std::string>;

FileKey key_of(const NamedPlace& place, const Program& program) {
  if (program.inode != 0) return {program.device, program.inode, program.resolved()};
  return {0, 0, place.subject + program.resolved()};
}

CheckOutcome judge_identity_conflict(const Snapshot& snapshot) {
  CheckOutcome outcome;
  std::set<FileKey> told;
  for (const NamedPlace& place : places_of(snapshot))
    for (const auto* programs : {&place.installation->programs, &place.installation->multis})
      for (const Program& program : *programs)
        if (program.contradicts_itself() && told.insert(key_of(place, program)).second)
          outcome.findings.push_back(conflict_of(place, program));
  return outcome;
}

}  // namespace

Check identity_conflict() {
  return {
      .id = "identity_conflict",
      .title = "Every iptables says of itself what its file says",
      .severity = Severity::warning,
      .needs = kNeeds<Fact::k0s, Fact::host_iptables, Fact::installations>,
      .run = judge_identity_conflict,
      .looks_for =
          "Programs whose backend or version, read from the bytes of the file, differs from what "
          "`iptables -V` answers when the same file is run without privilege.",
      .matters =
          "Everything this program says about versions and backends rests on these two answers. A "
          "file that contradicts itself was patched, is replaced by a preloaded library, or is no "
          "iptables at all; in a container it can also be an attempt to mislead whoever looks.",
      .mend =
          "Compare the file with the package or image it should come from, and replace it. "
          "Deleting the pod brings back what the image holds.",
      .sources = "the version strings that iptables is built with, and `iptables -V`"};
}

}  // namespace iptmode::checks
