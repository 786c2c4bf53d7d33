// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/os_release.h"

#include <cstddef>

#include "collect/lines.h"

namespace iptmode::collect {

namespace {

constexpr std::size_t kMaxValue = 128;  // real values have a dozen bytes

std::string unquote(std::string_view value) {
  const bool quoted = value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
                      value.back() == value.front();
  const bool single = quoted && value.front() == '\'';
  if (quoted) value = value.substr(1, value.size() - 2);
  std::string plain;
  for (std::size_t i = 0; i < value.size(); ++i) {
    // Between double quotes a backslash protects these four; elsewhere it stands for itself.
    if (!single && value[i] == '\\' && i + 1 < value.size() &&
        std::string_view{"\"\\$`"}.find(value[i + 1]) != std::string_view::npos)
      ++i;
    plain += value[i];
  }
  return plain;
}

}  // namespace

OsRelease parse_os_release(std::string_view text) {
  OsRelease release{.id = "linux"};
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    const auto equals = line.find('=');
    if (equals == line.npos) continue;
    const std::string_view key = trim(line.substr(0, equals));
    const std::string_view value = trim(line.substr(equals + 1));
    if (value.size() > kMaxValue) continue;
    if (key == "ID" && !value.empty()) release.id = unquote(value);
    if (key == "VERSION_ID") release.version_id = unquote(value);
  }
  return release;
}

}  // namespace iptmode::collect
