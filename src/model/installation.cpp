// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/installation.h"

#include <algorithm>
#include <array>
#include <set>

namespace iptmode {
namespace {

constexpr std::array<std::string_view, 6> kSixNames{
    "iptables",  "iptables-save",  "iptables-restore",
    "ip6tables", "ip6tables-save", "ip6tables-restore",
};

constexpr std::array<std::string_view, 15> kOtherNames{
    "iptables-nft",
    "iptables-nft-save",
    "iptables-nft-restore",
    "ip6tables-nft",
    "ip6tables-nft-save",
    "ip6tables-nft-restore",
    "iptables-legacy",
    "iptables-legacy-save",
    "iptables-legacy-restore",
    "ip6tables-legacy",
    "ip6tables-legacy-save",
    "ip6tables-legacy-restore",
    "nft",
    "ipset",
    "iptables-wrapper",
};

bool exists(const Program& program) {
  return program.form != ProgramForm::missing;
}

/// Whether the file could serve iptables if it were called: not a wrapper, not a broken link.
bool is_binary(const Program& program) {
  return program.form == ProgramForm::multi || program.form == ProgramForm::standalone;
}

/// The backend that a name promises: xtables-nft-multi, ip6tables-legacy-save. None for `nft`.
std::optional<Backend> backend_of_name(std::string_view name) {
  if (name.find("tables-nft") != std::string_view::npos) return Backend::nf_tables;
  if (name.find("tables-legacy") != std::string_view::npos) return Backend::legacy;
  return std::nullopt;
}

/// The backend that this file can serve. What the file says counts more than its name; a file that
/// says nothing (packed, unreadable) is taken at its name.
std::optional<Backend> served_by(const Program& program) {
  if (!is_binary(program) && program.form != ProgramForm::unreadable) return std::nullopt;
  if (const auto backend = program.identity().backend) return backend;
  return backend_of_name(program.name);
}

/// What one of the six names shows of a place, as far as it can be compared with the others.
struct Aspects {
  std::set<Backend> backends = {};
  std::set<Version> versions = {};
  bool binary = false;    // at least one name leads to a program
  bool wrapper = false;   // at least one leads to a wrapper that has not chosen yet
  bool dangling = false;  // at least one leads nowhere
};

}  // namespace

std::string_view to_string(ProgramForm form) noexcept {
  switch (form) {
    case ProgramForm::multi: return "multi";
    case ProgramForm::shell_wrapper_v1: return "shellWrapperV1";
    case ProgramForm::shell_wrapper_v2: return "shellWrapperV2";
    case ProgramForm::go_wrapper: return "goWrapper";
    case ProgramForm::standalone: return "standalone";
    case ProgramForm::script: return "script";
    case ProgramForm::missing: return "missing";
    case ProgramForm::dangling: return "dangling";
    case ProgramForm::unreadable: return "unreadable";
    case ProgramForm::not_a_file: return "notAFile";
  }
  return "invalid";
}

bool is_wrapper(ProgramForm form) noexcept {
  return form == ProgramForm::shell_wrapper_v1 || form == ProgramForm::shell_wrapper_v2 ||
         form == ProgramForm::go_wrapper;
}

Identity Program::identity() const {
  Identity believed = by_file;
  if (!by_run) return believed;
  if (by_run->backend) believed.backend = by_run->backend;
  if (by_run->version) believed.version = by_run->version;
  return believed;
}

bool Program::contradicts_itself() const {
  if (!by_run) return false;
  const auto differ = [](const auto& a, const auto& b) { return a && b && *a != *b; };
  return differ(by_file.backend, by_run->backend) || differ(by_file.version, by_run->version);
}

const std::vector<std::string_view>& all_program_names() {
  static const std::vector<std::string_view> all = [] {
    std::vector<std::string_view> names{kSixNames.begin(), kSixNames.end()};
    names.insert(names.end(), kOtherNames.begin(), kOtherNames.end());
    return names;
  }();
  return all;
}

const std::vector<std::string_view>& six_names() {
  static const std::vector<std::string_view> six{kSixNames.begin(), kSixNames.end()};
  return six;
}

const Program* Installation::find(std::string_view name) const {
  const auto named = [&](const Program& program) { return program.name == name; };
  for (const auto* list : {&programs, &multis}) {
    const auto found = std::find_if(list->begin(), list->end(), named);
    if (found != list->end()) return &*found;
  }
  return nullptr;
}

const Program* Installation::primary() const {
  for (const std::string_view name : kSixNames)
    if (const Program* program = find(name); program != nullptr && exists(*program)) return program;
  return nullptr;
}

Installation::Available Installation::available(Backend backend) const {
  Available found;
  const auto consider = [&](const Program& program) {
    if (served_by(program) != backend) return;
    found.present = true;
    if (!found.version) found.version = program.identity().version;
  };
  std::for_each(multis.begin(), multis.end(), consider);
  std::for_each(programs.begin(), programs.end(), consider);
  return found;
}

bool Installation::variants_agree() const {
  Aspects seen;
  for (const std::string_view name : kSixNames) {
    const Program* program = find(name);
    if (program == nullptr || !exists(*program)) continue;
    const Identity identity = program->identity();
    if (identity.backend) seen.backends.insert(*identity.backend);
    if (identity.version) seen.versions.insert(*identity.version);
    seen.binary = seen.binary || is_binary(*program);
    seen.wrapper = seen.wrapper || is_wrapper(program->form);
    seen.dangling = seen.dangling || program->form == ProgramForm::dangling;
  }
  const int ends = int{seen.binary} + int{seen.wrapper} + int{seen.dangling};
  return seen.backends.size() <= 1 && seen.versions.size() <= 1 && ends <= 1;
}

bool Installation::empty() const {
  return primary() == nullptr;
}

}  // namespace iptmode
