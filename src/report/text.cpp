// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <initializer_list>

#include <fmt/format.h>

#include "iptmode/render.h"
#include "report/sections.h"

namespace iptmode {

namespace {

using report::Canvas;
using report::Lines;

constexpr std::size_t kNarrowest = 40;

Canvas canvas_of(const TextStyle& style) {
  return {.paint = report::Paint{style.colour}, .width = std::max(style.width, kNarrowest)};
}

// Sections are separated by one empty line; an empty section leaves no trace.
std::string join_sections(const std::vector<Lines>& sections) {
  std::string text;
  for (const Lines& section : sections) {
    if (section.empty()) continue;
    if (!text.empty()) text += '\n';
    for (const std::string& line : section) text.append(line).append("\n");
  }
  return text;
}

Lines joined(Lines first, const Lines& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

}  // namespace

std::string render_text(const Report& report, const TextStyle& style) {
  const Canvas canvas = canvas_of(style);
  const Lines head = report::headline(report, canvas);
  if (style.quiet)
    return join_sections({joined(head, report::brief_finding_lines(report, canvas))});

  std::vector<Lines> sections{head, report::component_lines(report, canvas),
                              report::kernel_lines(report, canvas),
                              report::finding_lines(report, canvas)};
  sections.push_back(report::exception_lines(report.exceptions, canvas));
  if (style.verbose) sections.push_back(report::check_lines(report, canvas));
  sections.push_back(report::gap_lines(report, canvas));
  sections.push_back(report::summary_lines(report, canvas));
  return join_sections(sections);
}

}  // namespace iptmode
