// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "iptmode/cross_verdict.h"
#include "iptmode/escape.h"
#include "iptmode/render.h"
#include "report/display.h"
#include "report/sections.h"
#include "report/table.h"

namespace iptmode {

namespace {

using report::Canvas;
using report::Column;
using report::Keep;
using report::Lines;
using report::Row;
using report::Tone;
using Outcome = ReadingVerdict::Outcome;

constexpr std::string_view kLegend =
    "= as it is   ~ in other words   X misread   B blinded by it   ? undecided   - not asked";
constexpr std::size_t kIndent = 4;

std::string_view sign_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::same: return "=";
    case Outcome::same_meaning: return "~";
    case Outcome::misread: return "X";
    case Outcome::unreadable: return "B";
    case Outcome::undecided: return "?";
    case Outcome::not_asked: return "-";
  }
  return "?";
}

/// "A", "B", ..., "Z", "R27", ...
std::string letter_of(std::size_t reader) {
  if (reader >= 26) return fmt::format("R{}", reader + 1);
  std::string letter(1, static_cast<char>('A' + static_cast<char>(reader)));
  return letter;
}

bool reads_well(const ReadingVerdict& cell) {
  return cell.outcome == Outcome::same || cell.outcome == Outcome::same_meaning;
}

bool was_not_asked(const ReadingVerdict& cell) {
  return cell.outcome == Outcome::not_asked;
}

bool differs(const ShapeVerdicts& row) {
  return std::ranges::any_of(row.cells, [](const ReadingVerdict& cell) {
    return !reads_well(cell) && !was_not_asked(cell);
  });
}

bool is_open(const ShapeVerdicts& row) {
  return !differs(row) && std::ranges::any_of(row.cells, was_not_asked);
}

std::string plural(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::uint64_t rules_of(const CrossVerdict& verdict) {
  std::uint64_t rules = 0;
  for (const ShapeVerdicts& row : verdict.shapes) rules += row.shape->rules;
  return rules;
}

std::string found_words(const CrossReading& cross, const CrossVerdict& verdict, std::uint64_t bad) {
  if (cross.readers.empty()) return "there is no iptables-nft to ask";
  if (verdict.shapes.empty()) return "there is nothing to read";
  const auto open = std::ranges::count_if(verdict.shapes, is_open);
  const std::string unasked = fmt::format("{} not asked of all", open);
  if (bad == 0) return open == 0 ? "all are read alike" : unasked;
  return fmt::format("{} not read alike by all{}", bad, open == 0 ? "" : ", " + unasked);
}

Lines headline(const CrossReading& cross, const CrossVerdict& verdict, const Canvas& canvas) {
  const auto bad = static_cast<std::uint64_t>(std::ranges::count_if(verdict.shapes, differs));
  const std::string text =
      fmt::format("{}, {} of {} in the tables of iptables: {}",
                  plural(cross.readers.size(), "reader"), plural(verdict.shapes.size(), "shape"),
                  plural(rules_of(verdict), "rule"), found_words(cross, verdict, bad));
  Lines lines;
  for (const std::string& line : report::wrap(text, canvas.width))
    lines.push_back(canvas.paint(bad == 0 ? Tone::good : Tone::bad, line));
  return lines;
}

Lines reader_lines(const CrossReading& cross, const CrossVerdict& verdict, const Canvas& canvas) {
  static constexpr std::array kColumns{
      Column{.title = ""},
      Column{.title = "READER", .narrowest = 12},
      Column{.title = "VERSION"},
      Column{.title = "FILE", .narrowest = 16, .drop_order = 2, .keep = Keep::tail},
      Column{.title = "MISREADS"},
      Column{.title = "BLIND IN", .narrowest = 8}};
  if (cross.readers.empty()) return {};
  std::vector<Row> rows;
  for (std::size_t at = 0; at < cross.readers.size(); ++at) {
    const IptablesReader& reader = cross.readers[at].reader;
    const auto misread = std::ranges::count_if(verdict.shapes, [&](const ShapeVerdicts& row) {
      return row.cells[at].outcome == Outcome::misread;
    });
    std::vector<std::string> blind;
    for (const BlindTable& table : verdict.blind[at])
      blind.push_back(escape(table.table->family + " " + table.table->name));
    const std::string more =
        reader.places.size() > 1 ? fmt::format(" +{}", reader.places.size() - 1) : "";
    rows.push_back({.cells = {letter_of(at), escape(reader.label) + more,
                              reader.version ? to_string(*reader.version) : "?",
                              escape(reader.path), std::to_string(misread),
                              blind.empty() ? "-" : fmt::format("{}", fmt::join(blind, ", "))},
                    .marked = misread > 0 || !blind.empty()});
  }
  return report::lay_out(kColumns, rows, canvas.width, canvas.paint);
}

/// What was found of the bugs that were looked for; with `all` also what was not.
Lines bug_lines(const CrossReading& cross, bool all, const Canvas& canvas) {
  Lines lines;
  for (std::size_t at = 0; at < cross.readers.size(); ++at)
    for (const BugProbe& bug : cross.readers[at].bugs) {
      if (!all && bug.outcome == BugProbe::Outcome::absent) continue;
      const std::string text =
          fmt::format("{} {}: {}", escape(bug.bug), to_string(bug.outcome), escape(bug.detail));
      for (std::string& line :
           report::wrap_after(fmt::format("{}  ", letter_of(at)), text, canvas.width))
        lines.push_back(std::move(line));
    }
  return lines;
}

/// The same of iptables-legacy, which has no column in the matrix.
Lines legacy_lines(const CrossReading& cross, bool all, const Canvas& canvas) {
  Lines lines;
  for (const LegacyTrial& trial : cross.legacy)
    for (const BugProbe& bug : trial.bugs) {
      if (!all && bug.outcome == BugProbe::Outcome::absent) continue;
      const std::string lead =
          fmt::format("{}, {}: ", escape(trial.program.label), escape(trial.program.path));
      const std::string text =
          fmt::format("{} {}: {}", escape(bug.bug), to_string(bug.outcome), escape(bug.detail));
      for (std::string& line : report::wrap(lead + text, canvas.width))
        lines.push_back(std::move(line));
    }
  return lines;
}

void append_wrapped(Lines& lines, const std::string& lead, const std::string& text,
                    const Canvas& canvas) {
  const std::string indent(kIndent, ' ');
  for (std::string& line : report::wrap_after(indent + lead, text, canvas.width))
    lines.push_back(std::move(line));
}

/// What a reader that does not read it right makes of a shape; readers of one reading together.
void append_readings(Lines& lines, const ShapeVerdicts& row, const Canvas& canvas) {
  std::map<std::pair<std::string, std::string>, std::string> readings;
  for (std::size_t at = 0; at < row.cells.size(); ++at) {
    const ReadingVerdict& cell = row.cells[at];
    if (reads_well(cell) || was_not_asked(cell)) continue;
    const std::string what = cell.differences.empty()
                                 ? std::string{to_string(cell.outcome)}
                                 : fmt::format("{}", fmt::join(cell.differences, "; "));
    std::string& letters = readings[{what, cell.reading}];
    letters += (letters.empty() ? "" : ",") + letter_of(at);
  }
  for (const auto& [reading, letters] : readings) {
    append_wrapped(lines, letters + "  ", escape(reading.first), canvas);
    if (!reading.second.empty())
      append_wrapped(lines, std::string(letters.size() + 2, ' '),
                     "reads: " + escape(reading.second), canvas);
  }
}

/// The signs of all readers, then where the shape is from, then the rule.
void append_row(Lines& lines, const ShapeVerdicts& row, bool in_full, const Canvas& canvas) {
  std::string signs;
  bool bad = false;
  for (const ReadingVerdict& cell : row.cells) {
    signs.append(signs.empty() ? "" : " ").append(sign_of(cell.outcome));
    bad = bad || cell.outcome == Outcome::misread || cell.outcome == Outcome::unreadable;
  }
  const std::string place =
      fmt::format("{}  {} {}, chain {}, {}, {}{}", signs, escape(row.table->family),
                  escape(row.table->name), escape(row.shape->chain), to_string(row.shape->owners),
                  plural(row.shape->rules, "rule"), row.shape->native ? ", of nft" : "");
  lines.push_back(
      canvas.paint(bad ? Tone::bad : Tone::plain, report::keep_head(place, canvas.width)));
  if (!in_full) {
    lines.push_back(
        report::keep_head(std::string(kIndent, ' ') + escape(row.reference), canvas.width));
    return;
  }
  append_wrapped(lines, "", escape(row.reference), canvas);
  append_readings(lines, row, canvas);
}

void append_rows(Lines& lines, const CrossVerdict& verdict, bool different, const Canvas& canvas) {
  for (const ShapeVerdicts& row : verdict.shapes)
    if (differs(row) == different) append_row(lines, row, different, canvas);
}

/// Who was not asked about how many shapes, by the reason.
Lines unasked_lines(const CrossVerdict& verdict, const Canvas& canvas) {
  std::map<std::pair<std::string, std::string>, std::uint64_t> counts;  // of shapes
  for (const ShapeVerdicts& row : verdict.shapes) {
    std::map<std::string, std::string> letters;
    for (std::size_t at = 0; at < row.cells.size(); ++at)
      if (was_not_asked(row.cells[at])) {
        std::string& list = letters[row.cells[at].reading];
        list += (list.empty() ? "" : ",") + letter_of(at);
      }
    for (const auto& [reason, list] : letters) ++counts[{list, reason}];
  }
  Lines lines;
  for (const auto& [who, count] : counts)
    for (std::string& line : report::wrap(fmt::format("{} not asked about {}: {}", who.first,
                                                      plural(count, "shape"), escape(who.second)),
                                          canvas.width))
      lines.push_back(std::move(line));
  return lines;
}

Lines matrix_lines(const CrossReading& cross, const CrossVerdict& verdict, bool all,
                   const Canvas& canvas) {
  if (cross.readers.empty() || verdict.shapes.empty()) return {};
  Lines lines;
  std::string letters;
  for (std::size_t at = 0; at < cross.readers.size(); ++at)
    letters.append(letters.empty() ? "" : " ").append(letter_of(at));
  const auto bad = std::ranges::count_if(verdict.shapes, differs);
  if (bad > 0 || all) lines.push_back(canvas.paint(Tone::faint, letters));
  append_rows(lines, verdict, true, canvas);
  if (all) append_rows(lines, verdict, false, canvas);
  const auto open = std::ranges::count_if(verdict.shapes, is_open);
  const auto same = verdict.shapes.size() - static_cast<std::size_t>(bad + open);
  for (std::string& line : unasked_lines(verdict, canvas)) lines.push_back(std::move(line));
  lines.push_back(fmt::format("{} read alike by all{}.", plural(same, "shape"),
                              all || same == 0 ? "" : "; --verbose shows them"));
  if (bad == 0 && !all) return lines;
  for (const std::string& line : report::wrap(kLegend, canvas.width))
    lines.push_back(canvas.paint(Tone::faint, line));
  return lines;
}

std::string text_of(const std::vector<Lines>& sections) {
  std::string text;
  for (const Lines& section : sections) {
    if (section.empty()) continue;
    if (!text.empty()) text += '\n';
    for (const std::string& line : section) text.append(line).append("\n");
  }
  return text;
}

}  // namespace

std::string render_cross_reading(const Snapshot& snapshot, const TextStyle& style) {
  const Canvas canvas{.paint = report::Paint{style.colour}, .width = style.width};
  if (!snapshot.cross_reading) return "nobody was asked to read the rules\n";
  const CrossReading& cross = *snapshot.cross_reading;
  if (cross.skipped) return fmt::format("nobody was asked: {}\n", escape(*cross.skipped));
  const CrossVerdict verdict = judge_readings(snapshot);
  if (style.quiet) return text_of({headline(cross, verdict, canvas)});
  return text_of({headline(cross, verdict, canvas), reader_lines(cross, verdict, canvas),
                  bug_lines(cross, style.verbose, canvas),
                  legacy_lines(cross, style.verbose, canvas),
                  matrix_lines(cross, verdict, style.verbose, canvas)});
}

}  // namespace iptmode
