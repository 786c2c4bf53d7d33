// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnose/six_names.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "diagnose/places.h"
#include "diagnose/subject_names.h"
#include "iptmode/version.h"

namespace iptmode::checks {
namespace {

using Fault = SixNamesFault;

void note_program(SixNames& names, const Program& program) {
  names.found.push_back(&program);
  names.directories.insert(directory_of(program.path));
  names.wrapper = names.wrapper || is_wrapper(program.form);
  names.chosen = names.chosen || !is_wrapper(program.form);
  const Identity identity = program.identity();
  if (identity.backend)
    (program.name.starts_with("ip6") ? names.ipv6 : names.ipv4).insert(*identity.backend);
  if (identity.version) names.versions.insert(*identity.version);
}

std::optional<Fault> dangling_fault(const SixNames& names) {
  if (names.dangling.empty()) return std::nullopt;
  return Fault{Severity::error,
               fmt::format("{} lead nowhere: whoever calls them fails, or silently takes the next "
                           "iptables in its search path.",
                           join_names(names.dangling))};
}

std::optional<Fault> backend_fault(const SixNames& names) {
  if (names.ipv4.size() > 1 || names.ipv6.size() > 1)
    return Fault{Severity::error,
                 "The six iptables names use different backends: what one writes, another does not "
                 "find and writes again or leaves behind."};
  if (!names.ipv4.empty() && !names.ipv6.empty() && names.ipv4 != names.ipv6)
    return Fault{Severity::warning,
                 "iptables and ip6tables use different backends: IPv6 rules are kept apart from "
                 "those of everybody who has one backend for both."};
  if (names.wrapper && names.chosen)
    return Fault{Severity::warning,
                 "A wrapper has replaced only some of the six names: the others choose again, "
                 "perhaps differently, at their first call."};
  return std::nullopt;
}

bool read_each_other(const std::set<Version>& versions) {
  return legibility(*versions.rbegin(), *versions.begin()) == Legibility::legible;
}

std::optional<Fault> version_fault(const SixNames& names) {
  if (names.versions.size() < 2) return std::nullopt;
  const bool nft = names.ipv4.contains(Backend::nf_tables);
  if (nft && !read_each_other(names.versions))
    return Fault{Severity::error,
                 "The six iptables names are of different releases, and the older ones misread the "
                 "rules of the newer ones."};
  return Fault{Severity::info, "The six iptables names are of different releases."};
}

bool one_file_each(const SixNames& names) {
  return std::ranges::all_of(names.found, [&](const Program* program) {
    return same_file(*program, *names.found.front());
  });
}

std::optional<Fault> missing_fault(const SixNames& names) {
  if (names.missing.empty() || names.found.empty()) return std::nullopt;
  const bool only_ipv6 = std::ranges::all_of(
      names.missing, [](const std::string& name) { return name.starts_with("ip6"); });
  if (only_ipv6)
    return Fault{Severity::info, "ip6tables is incomplete here: no IPv6 rules can be written."};
  return Fault{Severity::warning,
               fmt::format("{} are missing while others of the six are there: calls of them fail.",
                           join_names(names.missing))};
}

std::optional<Fault> directory_fault(const SixNames& names) {
  if (names.directories.size() < 2 || one_file_each(names)) return std::nullopt;
  return Fault{
      Severity::info,
      fmt::format("The six iptables names come from different directories ({}): an upgrade "
                  "of one leaves the others behind.",
                  fmt::join(names.directories, ", "))};
}

}  // namespace

std::string directory_of(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

SixNames names_of(const Installation& installation) {
  SixNames names;
  for (const std::string_view name : six_names()) {
    const Program* const program = installation.find(name);
    if (program == nullptr || program->form == ProgramForm::missing) {
      names.missing.emplace_back(name);
    } else if (program->form == ProgramForm::dangling) {
      names.dangling.emplace_back(name);
    } else {
      note_program(names, *program);
    }
  }
  return names;
}

std::optional<Fault> fault_of(const SixNames& names) {
  if (auto fault = dangling_fault(names)) return fault;
  if (auto fault = backend_fault(names)) return fault;
  if (auto fault = version_fault(names); fault && fault->severity > Severity::info) return fault;
  if (auto fault = missing_fault(names)) return fault;
  if (auto fault = version_fault(names)) return fault;
  return directory_fault(names);
}

}  // namespace iptmode::checks
