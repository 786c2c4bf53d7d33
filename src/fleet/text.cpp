// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "iptmode/escape.h"
#include "iptmode/fleet.h"
#include "report/display.h"
#include "report/paint.h"
#include "report/sections.h"
#include "report/table.h"

namespace iptmode {

namespace {

using report::Canvas;
using report::Column;
using report::Lines;
using report::Row;
using report::Tone;

constexpr std::size_t kShownNodes = 10;
constexpr std::size_t kShownDigits = 12;  // of a fingerprint

void append(Lines& lines, Lines more) {
  for (std::string& line : more) lines.push_back(std::move(line));
}

std::string name_of(const FleetNode& node) {
  return escape(node.hostname.empty() ? node.file : node.hostname);
}

// "nf_tables 1.8.9"; two pods of a kind that differ are both named.
std::string cell_of(const FleetNode& node, const std::string& component) {
  std::vector<std::string> parts;
  for (const FleetComponent& candidate : node.components)
    if (candidate.name == component)
      parts.push_back(candidate.version.empty()
                          ? candidate.backend
                          : fmt::format("{} {}", candidate.backend, candidate.version));
  return parts.empty() ? "-" : fmt::format("{}", fmt::join(parts, ", "));
}

std::vector<std::string> component_names(const Fleet& fleet) {
  std::set<std::string> names;
  for (const FleetNode& node : fleet.nodes)
    for (const FleetComponent& component : node.components) names.insert(component.name);
  return {names.begin(), names.end()};
}

bool is_uniform(const Fleet& fleet, const std::string& component) {
  return std::ranges::all_of(fleet.nodes, [&](const FleetNode& node) {
    return cell_of(node, component) == cell_of(fleet.nodes.front(), component);
  });
}

// Where there is no room the columns that are the same everywhere go first.
std::vector<Column> columns_of(const Fleet& fleet, const std::vector<std::string>& components) {
  std::vector<Column> columns{
      {.title = "NODE", .narrowest = 12}, {.title = "GROUP"}, {.title = "VERDICT"}};
  unsigned uniform = 1;
  auto different = static_cast<unsigned>(components.size()) + 1;
  for (const std::string& component : components)
    columns.push_back(
        {.title = component, .drop_order = is_uniform(fleet, component) ? uniform++ : different++});
  return columns;
}

Row row_of(const FleetNode& node, std::size_t group, const std::vector<std::string>& components) {
  Row row{.cells = {name_of(node), std::to_string(group), std::string{to_string(node.verdict)}},
          .marked = node.verdict == Verdict::fail};
  for (const std::string& component : components) row.cells.push_back(cell_of(node, component));
  return row;
}

Lines node_table(const Fleet& fleet, const Canvas& canvas) {
  if (fleet.nodes.empty()) return {};
  const std::vector<std::string> components = component_names(fleet);
  std::vector<Row> rows;
  for (std::size_t group = 0; group < fleet.groups.size(); ++group)
    for (const std::size_t index : fleet.groups[group].nodes)
      rows.push_back(row_of(fleet.nodes[index], group + 1, components));
  return report::lay_out(columns_of(fleet, components), rows, canvas.width, canvas.paint);
}

// "worker-1, worker-2 and 990 more"
std::string names_of(const std::vector<std::size_t>& indices, const Fleet& fleet) {
  std::vector<std::string> names;
  for (const std::size_t index : indices) {
    if (names.size() == kShownNodes) break;
    names.push_back(name_of(fleet.nodes[index]));
  }
  const std::size_t others = indices.size() - names.size();
  return fmt::format("{}{}", fmt::join(names, ", "),
                     others == 0 ? "" : fmt::format(" and {} more", others));
}

std::string counted(std::size_t nodes) {
  return fmt::format("{} node{}", nodes, nodes == 1 ? "" : "s");
}

Lines group_lines(const Fleet& fleet, const Canvas& canvas) {
  if (fleet.groups.size() < 2) return {};
  Lines lines{canvas.paint(Tone::faint, "GROUPS OF NODES THAT ARE ALIKE, THE ODD ONES FIRST")};
  for (std::size_t i = 0; i < fleet.groups.size(); ++i) {
    const FleetGroup& group = fleet.groups[i];
    const std::string lead =
        fmt::format("{:>4}  {}  ", i + 1, group.fingerprint.substr(0, kShownDigits));
    append(lines, report::wrap_after(lead,
                                     fmt::format("{}: {}: {}", counted(group.nodes.size()),
                                                 names_of(group.nodes, fleet),
                                                 fleet.nodes[group.nodes.front()].message),
                                     canvas.width));
  }
  return lines;
}

Lines fault_lines(const Fleet& fleet, const Canvas& canvas) {
  if (fleet.faults.empty()) return {};
  Lines lines{canvas.paint(Tone::faint, "FINDINGS")};
  for (const SharedFault& fault : fleet.faults) {
    const std::string word{fault.severity == Severity::info ? "note" : to_string(fault.severity)};
    const std::string text = fmt::format("{}  on {} of {}: {}", fault.check, fault.nodes.size(),
                                         counted(fleet.nodes.size()), names_of(fault.nodes, fleet));
    Lines wrapped = report::wrap_after(report::padded(word, kShownDigits), text, canvas.width);
    wrapped.front().replace(0, word.size(), canvas.paint(report::tone_of(fault.severity), word));
    append(lines, std::move(wrapped));
  }
  return lines;
}

Lines unread_lines(const Fleet& fleet, const Canvas& canvas) {
  if (fleet.unread.empty()) return {};
  Lines lines{canvas.paint(Tone::faint, "NOT READ")};
  for (const UnreadFile& file : fleet.unread)
    append(lines,
           report::wrap_after("  ", fmt::format("{}: {}", escape(file.file), escape(file.reason)),
                              canvas.width));
  return lines;
}

Lines accepted_lines(const Fleet& fleet, const Canvas& canvas) {
  return report::exception_lines(fleet.exceptions, canvas);
}

Lines headline(const Fleet& fleet, const Canvas& canvas) {
  std::string word{to_string(fleet.verdict)};
  std::ranges::transform(word, word.begin(),
                         [](char letter) { return static_cast<char>(letter - 'a' + 'A'); });
  Lines lines = report::wrap_after(word + "  ", fleet.message, canvas.width);
  lines.front().replace(0, word.size(), canvas.paint(report::tone_of(fleet.verdict), word));
  return lines;
}

}  // namespace

std::string render_fleet_text(const Fleet& fleet, const TextStyle& style) {
  const Canvas canvas{.paint = report::Paint{style.colour}, .width = style.width};
  using Section = Lines (*)(const Fleet&, const Canvas&);
  std::vector<Section> sections{headline};
  if (!style.quiet) sections.insert(sections.end(), {node_table, group_lines});
  sections.insert(sections.end(), {fault_lines, accepted_lines, unread_lines});
  std::string text;
  for (const Section section : sections) {
    const Lines lines = section(fleet, canvas);
    if (lines.empty()) continue;
    if (!text.empty() && !style.quiet) text += '\n';
    for (const std::string& line : lines) text += line + '\n';
  }
  return text;
}

}  // namespace iptmode
