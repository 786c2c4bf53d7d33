// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnose/host_users.h"

#include <algorithm>

#include <fmt/format.h>

namespace iptmode::checks {
namespace {

std::vector<std::string> names_of(const Snapshot& snapshot, bool daemons) {
  std::vector<std::string> names;
  for (const HostWriter& writer : snapshot.host_writers)
    if ((writer.kind == HostWriterKind::process) == daemons) names.push_back(writer.writer);
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace

std::vector<std::string> writers_with_host_iptables(const Snapshot& snapshot) {
  return names_of(snapshot, false);
}

std::vector<std::string> daemons_with_host_iptables(const Snapshot& snapshot) {
  return names_of(snapshot, true);
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
