// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "iptmode/render.h"
#include "report/display.h"
#include "report/paint.h"
#include "report/table.h"

namespace iptmode {

namespace {

constexpr std::size_t kNarrowest = 40;
constexpr std::string_view kIndent = "  ";

// Paragraphs and list items of the static texts are separated by newlines.
void append_part(std::string& out, std::string_view title, std::string_view text,
                 const TextStyle& style) {
  if (text.empty()) return;
  const std::size_t width = std::max(style.width, kNarrowest);
  out.append("\n").append(report::Paint{style.colour}(report::Tone::faint, title)).append("\n");
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.empty()) {
      out += '\n';
      continue;
    }
    for (const std::string& wrapped : report::wrap_after(kIndent, line, width))
      out.append(wrapped).append("\n");
  }
}

constexpr std::array kColumns{
    report::Column{.title = "CHECK"}, report::Column{.title = "SEVERITY"},
    report::Column{.title = "HOLDS WHEN IT PASSES", .narrowest = 20, .drop_order = 1}};

}  // namespace

std::string render_explanation(const Check& check, const TextStyle& style) {
  std::string out;
  for (const std::string& line :
       report::wrap(fmt::format("{} ({}): {}", check.id, to_string(check.severity), check.title),
                    std::max(style.width, kNarrowest)))
    out.append(line).append("\n");
  append_part(out, "LOOKS FOR", check.looks_for, style);
  append_part(out, "WHY IT MATTERS", check.matters, style);
  append_part(out, "HOW TO MEND IT", check.mend, style);
  append_part(out, "SOURCES", check.sources, style);
  return out;
}

std::string render_check_list(const TextStyle& style) {
  std::vector<report::Row> rows;
  for (const Check& check : all_checks())
    rows.push_back({.cells = {std::string{check.id}, std::string{to_string(check.severity)},
                              std::string{check.title}}});
  std::string out;
  for (const std::string& line : report::lay_out(kColumns, rows, std::max(style.width, kNarrowest),
                                                 report::Paint{style.colour}))
    out.append(line).append("\n");
  return out;
}

}  // namespace iptmode
