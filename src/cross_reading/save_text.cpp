// SPDX-License-Identifier: GPL-2.0-or-later
#include "cross_reading/save_text.h"

#include "iptmode/cross_reading.h"

namespace iptmode::cross_reading {
namespace {

/// The first line, which is taken away.
std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  const auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

/// Calls `visit(table, line)` for each line between "*table" and COMMIT, both included.
template <class Visit>
void for_each_line(std::string_view text, Visit visit) {
  std::string_view table;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (line.starts_with('*')) table = line.substr(1);
    visit(table, line);
  }
}

/// One word as iptables-save writes it: bare, or in double quotes with backslashes before a quote,
/// a backslash or an apostrophe.
std::string take_word(std::string_view& line) {
  std::string word;
  bool quoted = false;
  std::size_t i = 0;
  for (; i < line.size() && (quoted || line[i] != ' '); ++i) {
    if (line[i] == '"') {
      quoted = !quoted;
    } else {
      if (line[i] == '\\' && quoted && i + 1 < line.size()) ++i;
      word += line[i];
    }
  }
  line.remove_prefix(i);
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  return word;
}

}  // namespace

std::vector<std::string_view> closed_tables(std::string_view text) {
  std::vector<std::string_view> closed;
  std::string_view open;
  for_each_line(text, [&](std::string_view table, std::string_view line) {
    if (line.starts_with('*')) open = table;
    if (line != "COMMIT" || open.empty()) return;
    closed.push_back(open);
    open = {};
  });
  return closed;
}

std::string_view incompatible_note(std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (line.starts_with("# Table ") && line.find(" is incompatible") != std::string_view::npos)
      return line;
  }
  return {};
}

std::string only_shape(std::string_view text, std::string_view wanted, std::uint32_t shape) {
  const std::string declaration = ':' + shape_chain_name(shape) + ' ';
  const std::string rule = "-A " + shape_chain_name(shape) + ' ';
  std::string only;
  for_each_line(text, [&](std::string_view table, std::string_view line) {
    if (table != wanted) return;
    if (line.starts_with('*') || line == "COMMIT" || line.starts_with(declaration) ||
        line.starts_with(rule))
      only.append(line).push_back('\n');
  });
  return only;
}

std::vector<std::string> words_of_shape(std::string_view text, std::string_view wanted,
                                        std::uint32_t shape) {
  const std::string rule = "-A " + shape_chain_name(shape) + ' ';
  std::string_view found;
  for_each_line(text, [&](std::string_view table, std::string_view line) {
    if (found.empty() && table == wanted && line.starts_with(rule))
      found = line.substr(rule.size());
  });
  std::vector<std::string> words;
  while (!found.empty()) words.push_back(take_word(found));
  return words;
}

}  // namespace iptmode::cross_reading
