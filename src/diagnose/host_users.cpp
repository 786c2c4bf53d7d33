// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnose/host_users.h"

#include <algorithm>

#include <fmt/format.h>

namespace iptmode::checks {

std::vector<std::string> writers_with_host_iptables(const Snapshot& snapshot) {
  std::vector<std::string> names;
  for (const HostWriter& writer : snapshot.host_writers)
    if (writer.kind != HostWriterKind::process) names.push_back(writer.writer);
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::vector<std::string> uses_of_host_iptables(const Snapshot& snapshot) {
  constexpr std::size_t kMaxLines = 5;
  std::vector<std::string> lines;
  for (const HostWriter& writer : snapshot.host_writers) {
    if (writer.kind == HostWriterKind::process || lines.size() == kMaxLines) continue;
    lines.push_back(fmt::format("{} uses it: {}", writer.writer, writer.evidence));
  }
  return lines;
}

}  // namespace iptmode::checks
