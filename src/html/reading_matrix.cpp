// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include "html/markup.h"
#include "html/parts.h"
#include "iptmode/cross_verdict.h"

namespace iptmode::html {

namespace {

using Outcome = ReadingVerdict::Outcome;

/// The class of a badge, and its word.
struct Look {
  std::string_view css_class = {};
  std::string_view word = {};
};

Look look_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::same: return {"pass", "same"};
    case Outcome::same_meaning: return {"pass", "same meaning"};
    case Outcome::misread: return {"fail", "misread"};
    case Outcome::unreadable: return {"fail", "unreadable"};
    case Outcome::undecided: return {"unknown", "undecided"};
    case Outcome::not_asked: return {"skip", "not asked"};
  }
  return {"skip", "?"};
}

std::string cell_of(const ReadingVerdict& verdict) {
  const Look look = look_of(verdict.outcome);
  std::string cell = fmt::format("<span class=\"badge {}\">{}</span>", look.css_class, look.word);
  const bool wrong = verdict.outcome == Outcome::misread || verdict.outcome == Outcome::unreadable;
  if (!wrong) return cell;
  for (const std::string& difference : verdict.differences)
    cell += fmt::format("<br>{}", safe(difference));
  return cell;
}

bool all_alike(const ShapeVerdicts& shape) {
  for (const ReadingVerdict& cell : shape.cells)
    if (cell.outcome != Outcome::same && cell.outcome != Outcome::same_meaning) return false;
  return true;
}

std::string title_of(const IptablesReader& reader) {
  return fmt::format("{}{}{}", safe(reader.label), reader.version ? " " : "",
                     reader.version ? to_string(*reader.version) : std::string{});
}

Table::Row row_of(const ShapeVerdicts& shape) {
  Table::Row row{.cells = {fmt::format("{} {}", safe(shape.table->family), safe(shape.table->name)),
                           fmt::format("<code>{}</code>", safe(shape.reference)),
                           std::to_string(shape.shape->rules)}};
  for (const ReadingVerdict& cell : shape.cells) row.cells.push_back(cell_of(cell));
  return row;
}

}  // namespace

std::string reading_matrix(const Report& report) {
  const auto& cross = report.snapshot.cross_reading;
  if (!cross) return {};
  if (cross->skipped) return fmt::format("<p>Nobody was asked: {}.</p>\n", safe(*cross->skipped));
  const CrossVerdict verdict = judge_readings(report.snapshot);
  std::vector<std::string> titles;
  for (const ReaderReadings& readings : cross->readers) titles.push_back(title_of(readings.reader));
  Table matrix{.label = "How each iptables reads each shape of rule",
               .titles = {"Table", "Rule", "Rules"},
               .numbers = {2}};
  matrix.titles.insert(matrix.titles.end(), titles.begin(), titles.end());
  std::size_t alike = 0;
  for (const ShapeVerdicts& shape : verdict.shapes)
    if (all_alike(shape))
      ++alike;
    else
      matrix.rows.push_back(row_of(shape));
  std::string text = fmt::format(
      "<p>One rule of each shape was rebuilt in a network namespace of its own and read there by "
      "every iptables-nft of this node. {} of {} shapes are read alike by all.</p>\n",
      alike, verdict.shapes.size());
  if (!matrix.rows.empty()) text += table(matrix);
  return text;
}

}  // namespace iptmode::html
