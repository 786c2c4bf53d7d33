// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnose/subject_names.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace iptmode::checks {
namespace {

/// "1.8.9, legacy", "iptables-wrapper, not resolved yet", "missing"
std::string nature_of(const Program& program) {
  if (is_wrapper(program.form)) return "a wrapper that has not chosen yet";
  const Identity identity = program.identity();
  if (!identity.backend) return std::string{to_string(program.form)};
  const std::string version = identity.version ? to_string(*identity.version) : "unknown version";
  return fmt::format("{}, {}", version, to_string(*identity.backend));
}

}  // namespace

std::string subject_of(const Component& component) {
  return fmt::format("{} (pid {})", to_string(component.kind), component.pid);
}

std::string subject_of(const K0s& k0s) {
  return k0s.bin_dir.empty() ? std::string{"k0s"} : fmt::format("k0s ({})", k0s.bin_dir);
}

std::string join_names(const std::vector<std::string>& names) {
  if (names.empty()) return {};
  if (names.size() == 1) return names.front();
  return fmt::format("{} and {}", fmt::join(names.begin(), names.end() - 1, ", "), names.back());
}

std::string count_of(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string some_of(const std::vector<std::string>& patterns) {
  constexpr std::size_t kShown = 3;
  if (patterns.size() <= kShown + 1) return fmt::format("{}", fmt::join(patterns, ", "));
  return fmt::format("{} and {} more", fmt::join(patterns.begin(), patterns.begin() + kShown, ", "),
                     patterns.size() - kShown);
}

std::string describe_iptables(const Installation& installation) {
  const Program* const program = installation.primary();
  if (program == nullptr || program->path.empty())
    return fmt::format("no iptables in {}", fmt::join(installation.search_path, ":"));
  const std::string chain =
      program->chain.empty() ? program->path : fmt::format("{}", fmt::join(program->chain, " -> "));
  return fmt::format("{} ({})", chain, nature_of(*program));
}

}  // namespace iptmode::checks
