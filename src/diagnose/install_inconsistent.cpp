// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/node_commands.h"
#include "diagnose/places.h"
#include "diagnose/six_names.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

/// k0s before 1.25 staged the legacy multi and five links, none of them named `iptables`.
constexpr Version kK0sLinksIptables{1, 25, 0};
constexpr Version kK0sBringsIptables{1, 22, 0};

/// Kubernetes' part of "v1.32.4+k0s.0".
std::optional<Version> release_of(const K0s& k0s) {
  const std::string_view text = k0s.version;
  const auto first = text.find_first_of("0123456789");
  if (first == std::string_view::npos) return std::nullopt;
  const auto end = text.find_first_not_of("0123456789.", first);
  return version_from_string(text.substr(first, end == std::string_view::npos ? end : end - first));
}

bool older_or_unknown(const K0s& k0s, Version than) {
  return release_of(k0s).value_or(Version{}) < than;
}

/// What is special about k0s' bin directory: old releases leave names out by design, and then
/// kubelet takes them from the host.
std::optional<SixNamesFault> fault_of_k0s(const K0s& k0s, const SixNames& names, NodeRole role) {
  const bool works = role == NodeRole::worker || role == NodeRole::controller_worker;
  if (names.found.empty() && names.dangling.empty()) {
    if (!works || older_or_unknown(k0s, kK0sBringsIptables)) return std::nullopt;
    return SixNamesFault{Severity::warning,
                         "The bin directory of k0s has no iptables: kubelet and the CNI plugins "
                         "take that of the host, "
                         "whatever k0s decided."};
  }
  const bool only_iptables = names.missing == std::vector<std::string>{"iptables"};
  if (!only_iptables || !names.dangling.empty()) return fault_of(names);
  return SixNamesFault{
      older_or_unknown(k0s, kK0sLinksIptables) ? Severity::info : Severity::warning,
      "The bin directory of k0s has no link named iptables: kubelet and the CNI plugins take the "
      "one of the host beside save and restore of k0s."};
}

bool in_directory(const Program& program, const std::string& directory) {
  return directory_of(program.path) == directory;
}

/// A kubelet whose names are all in k0s' bin directory is told there.
bool told_with_k0s(const NamedPlace& place, const SixNames& names, const Snapshot& snapshot) {
  if (place.component == nullptr || !snapshot.k0s) return false;
  return std::ranges::all_of(names.found, [&](const Program* program) {
    return in_directory(*program, snapshot.k0s->bin_dir);
  });
}

/// Old k0s: `iptables` is the host's, the other five are k0s'. By design, so no error.
bool split_by_old_k0s(const NamedPlace& place, const SixNames& names, const Snapshot& snapshot) {
  if (place.component == nullptr || !snapshot.k0s || names.directories.size() < 2) return false;
  return names.directories.contains(snapshot.k0s->bin_dir) &&
         older_or_unknown(*snapshot.k0s, kK0sLinksIptables);
}

/// Whether calls go through the six names at all.
bool called_by_name_of_six(const Component& component) {
  return traits(component.kind).use == IptablesUse::by_link && !component.declared.native_nft;
}

std::optional<SixNamesFault> fault_at(const NamedPlace& place, const SixNames& names,
                                      const Snapshot& snapshot) {
  const bool is_k0s = snapshot.k0s && place.installation == &snapshot.k0s->installation;
  if (is_k0s) return fault_of_k0s(*snapshot.k0s, names, snapshot.node.role);
  if (told_with_k0s(place, names, snapshot)) return std::nullopt;
  std::optional<SixNamesFault> fault = fault_of(names);
  if (!fault) return fault;
  if (split_by_old_k0s(place, names, snapshot)) {
    if (fault->severity == Severity::info) return std::nullopt;  // told with k0s
    fault->severity = std::min(fault->severity, Severity::warning);
  }
  // Who calls the host's iptables all the time is a component and has a place of its own.
  if (place.component == nullptr || !called_by_name_of_six(*place.component))
    fault->severity = Severity::info;
  return fault;
}

std::string line_of(const Program& program) {
  const Identity identity = program.identity();
  const std::string nature =
      identity.backend
          ? fmt::format("{}, {}", identity.version ? to_string(*identity.version) : "no version",
                        to_string(*identity.backend))
          : std::string{to_string(program.form)};
  return fmt::format("{} -> {} ({})", program.path, program.resolved(), nature);
}

/// "does not exist", "a loop of links, or more than 40 of them": what the collector met at the end.
std::string end_of(const Program& program) {
  const std::string place = program.resolved() + ": ";
  if (!program.problem.starts_with(place) || program.problem.ends_with("No such file or directory"))
    return "does not exist";
  return program.problem.substr(place.size());
}

std::vector<std::string> evidence_of(const SixNames& names, const NamedPlace& place) {
  std::vector<std::string> lines;
  for (const Program* program : names.found) lines.push_back(line_of(*program));
  for (const std::string& name : names.dangling) {
    const Program* const program = place.installation->find(name);
    lines.push_back(
        fmt::format("{} -> {} ({})", program->path, program->resolved(), end_of(*program)));
  }
  if (!names.missing.empty())
    lines.push_back(fmt::format("not in {}: {}", fmt::join(place.installation->search_path, ":"),
                                fmt::join(names.missing, ", ")));
  return lines;
}

bool valid_mode(std::string_view mode) {
  return mode.empty() || mode == "auto" || mode == "nft" || mode == "legacy";
}

std::vector<std::string> remedy_of(const NamedPlace& place, const Snapshot& snapshot) {
  if (place.component != nullptr && traits(place.component->kind).in_container)
    return {renew(*place.component, snapshot),
            "if it comes back the same, the image is broken: use another one"};
  if (snapshot.k0s && place.installation == &snapshot.k0s->installation) {
    const Program* const iptables = place.installation->find("iptables");
    const bool missing = iptables == nullptr || iptables->form == ProgramForm::missing;
    if (missing && !place.installation->empty() &&
        older_or_unknown(*snapshot.k0s, kK0sLinksIptables))
      return {"nothing has to be done: k0s before 1.25 makes no such link, an upgrade brings it"};
    const std::string restart = "k0s writes all six links anew at its start: k0s stop; k0s start";
    if (valid_mode(snapshot.k0s->mode)) return {restart};
    return {fmt::format("--iptables-mode={} is not a mode: use nft, legacy or auto",
                        snapshot.k0s->mode),
            restart};
  }
  return {
      "update-alternatives --config iptables; update-alternatives --config ip6tables (they are two "
      "choices)",
      "remove iptables that does not belong to a package: type -a iptables ip6tables"};
}

CheckOutcome judge_install_inconsistent(const Snapshot& snapshot) {
  CheckOutcome outcome;
  for (const NamedPlace& place : places_of(snapshot)) {
    const SixNames names = names_of(*place.installation);
    const auto fault = fault_at(place, names, snapshot);
    if (!fault) continue;
    outcome.findings.push_back({.severity = fault->severity,
                                .subject = place.subject,
                                .message = fault->message,
                                .evidence = evidence_of(names, place),
                                .remedy = remedy_of(place, snapshot)});
  }
  return outcome;
}

}  // namespace

Check install_inconsistent() {
  return {
      .id = "install_inconsistent",
      .title = "In each place all six iptables names are one program",
      .severity = Severity::error,
      .needs = kNeeds<Fact::k0s, Fact::host_iptables, Fact::installations>,
      .run = judge_install_inconsistent,
      .looks_for =
          "iptables, iptables-save, iptables-restore and their ip6tables twins of each place (k0s' "
          "bin directory, every component, the host): whether they lead to one backend and one "
          "release, whether some are missing or lead nowhere, and whether they come from different "
          "directories. k0s before 1.25 brings no `iptables` link by design.",
      .matters =
          "A program that checks with `iptables -C` in one backend and writes with "
          "iptables-restore in the other never finds its rules. With a broken link in front, the "
          "search path silently gives another iptables than the one that was chosen.",
      .mend =
          "k0s writes its six links at each start. On Debian iptables and ip6tables are two "
          "alternatives that have to be switched together. A container gets its image's links back "
          "when its pod is deleted.",
      .sources =
          "https://github.com/kubernetes/website/pull/16271\n"
          "https://github.com/k3s-io/klipper-lb/pull/77\n"
          "https://github.com/Azure/azure-container-networking/pull/3777\n"
          "k0s: pkg/component/iptables/iptables.go (links, --iptables-mode is not validated)"};
}

}  // namespace iptmode::checks
