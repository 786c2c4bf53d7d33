// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/rule_text.h"

namespace iptmode {
namespace {

constexpr std::size_t kMaxTables = 64;
constexpr std::size_t kMaxLines = 65536;

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

void take_into(SavedTable& table, std::string_view line) {
  if (line == "COMMIT") {
    table.complete = true;
  } else if (line.starts_with(':')) {
    table.chains.emplace_back(line.substr(1, line.find(' ') - 1));
  } else if (line.starts_with("-A ") || line.starts_with('[')) {
    table.rules.emplace_back(line);
  }
}

}  // namespace

std::vector<SavedTable> parse_saved_tables(std::string_view text) {
  std::vector<SavedTable> tables;
  for (std::size_t lines = 0; !text.empty() && lines < kMaxLines; ++lines) {
    const std::string_view line = take_line(text);
    if (line.starts_with('*')) {
      if (tables.size() == kMaxTables) break;
      tables.push_back({.name = std::string{line.substr(1)}});
    } else if (!tables.empty() && !tables.back().complete) {
      take_into(tables.back(), line);
    }
  }
  return tables;
}

}  // namespace iptmode
