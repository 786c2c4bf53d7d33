// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/table_names.h"

#include <algorithm>

namespace iptmode::kernel {
namespace {

constexpr std::size_t kMaxNameLength = 31;

bool is_table_name(std::string_view line) {
  const auto printable = [](char byte) { return byte > ' ' && byte < '\x7f'; };
  return !line.empty() && line.size() <= kMaxNameLength && std::ranges::all_of(line, printable);
}

}  // namespace

Result<std::vector<std::string>> parse_table_names(std::string_view text) {
  std::vector<std::string> names;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (end == std::string_view::npos || !is_table_name(line))
      return parse_error("list of iptables tables", line);
    names.emplace_back(line);
    text.remove_prefix(end + 1);
  }
  std::ranges::sort(names);
  if (const auto twice = std::ranges::adjacent_find(names); twice != names.end())
    return parse_error("list of iptables tables", *twice);
  return names;
}

}  // namespace iptmode::kernel
