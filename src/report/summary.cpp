// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <array>
#include <functional>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "iptmode/escape.h"
#include "report/display.h"
#include "report/ranking.h"
#include "report/sections.h"
#include "report/table.h"

namespace iptmode::report {

namespace {

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::size_t findings_of(Severity severity, const std::vector<CheckResult>& checks) {
  std::size_t count = 0;
  for (const CheckResult& check : checks)
    for (const Finding& finding : check.findings)
      if (!finding.suppressed && finding.severity == severity && check.id != kGapCheck) ++count;
  return count;
}

struct Noun {
  Severity severity = {};
  std::string_view one = {};
  std::string_view many = {};
};
constexpr std::array kNouns{Noun{Severity::critical, "critical finding", "critical findings"},
                            Noun{Severity::error, "error", "errors"},
                            Noun{Severity::warning, "warning", "warnings"},
                            Noun{Severity::info, "note", "notes"}};

// One cause can hide several facts; for people it is one line.
std::vector<std::string> causes_of(const std::vector<Gap>& gaps) {
  std::vector<std::string> causes;
  for (const Gap& gap : gaps)
    causes.push_back(fmt::format("{}: {}", escape(gap.subject), escape(gap.reason)));
  causes.erase(std::unique(causes.begin(), causes.end()), causes.end());
  return causes;
}

// Where something was found, the verdict does not tell which checks have no answer.
std::string undecided_words(const Report& report) {
  constexpr std::size_t kNamed = 3;
  std::vector<std::string_view> ids;
  for (const CheckResult& check : report.checks)
    if (check.status == CheckStatus::unknown) ids.push_back(check.id);
  const bool few = !ids.empty() && ids.size() <= kNamed;
  return fmt::format("{} undecided{}", report.summary.unknown,
                     few ? fmt::format(" ({})", fmt::join(ids, ", ")) : "");
}

std::vector<std::string> parts_of(const Report& report) {
  std::vector<std::string> parts;
  for (const Noun& noun : kNouns)
    if (const std::size_t count = findings_of(noun.severity, report.checks); count > 0)
      parts.push_back(counted(count, noun.one, noun.many));
  if (report.summary.suppressed > 0)
    parts.push_back(fmt::format("{} suppressed", report.summary.suppressed));
  parts.push_back(counted(report.summary.pass, "check passed", "checks passed"));
  if (report.summary.skip > 0) parts.push_back(fmt::format("{} skipped", report.summary.skip));
  if (report.summary.unknown > 0) parts.push_back(undecided_words(report));
  const std::size_t gaps = causes_of(report.snapshot.gaps).size();
  parts.push_back(gaps == 0 ? "nothing was left out"
                            : counted(gaps, "thing could not be seen", "things could not be seen"));
  return parts;
}

void append(Lines& lines, Lines more) {
  for (std::string& line : more) lines.push_back(std::move(line));
}

// Many gaps have one cause: each step is said once, the one that helps most often first.
std::vector<std::string> steps_against_gaps(const std::vector<CheckResult>& checks) {
  std::map<std::string, std::size_t> uses;
  for (const CheckResult& check : checks) {
    if (check.id != kGapCheck) continue;
    for (const Finding& finding : check.findings)
      for (const std::string& step : finding.remedy) ++uses[step];
  }
  std::vector<std::string> steps;
  for (const auto& [step, count] : uses) steps.push_back(step);
  std::ranges::stable_sort(steps, std::greater<>{},
                           [&](const std::string& step) { return uses.at(step); });
  return steps;
}

// What a check was answered, whatever it made of it.
Lines seen_lines(const CheckResult& check, const Canvas& canvas) {
  Lines lines;
  if (check.seen.empty()) return lines;
  lines.emplace_back();
  lines.push_back(canvas.paint(Tone::faint, fmt::format("SEEN BY {}", check.id)));
  for (const std::string& line : check.seen)
    append(lines, wrap_after("  ", escape(line), canvas.width));
  return lines;
}

constexpr std::array kCheckColumns{Column{.title = "CHECK"}, Column{.title = "STATUS"},
                                   Column{.title = "WHY", .narrowest = 20, .drop_order = 1}};

}  // namespace

Lines check_lines(const Report& report, const Canvas& canvas) {
  std::vector<Row> rows;
  for (const CheckResult& check : report.checks)
    rows.push_back(
        {.cells = {std::string{check.id}, std::string{to_string(check.status)},
                   check.message.empty() ? std::string{check.title} : escape(check.message)}});
  Lines lines = lay_out(kCheckColumns, rows, canvas.width, canvas.paint);
  for (const CheckResult& check : report.checks) append(lines, seen_lines(check, canvas));
  return lines;
}

Lines gap_lines(const Report& report, const Canvas& canvas) {
  Lines lines;
  if (report.snapshot.gaps.empty()) return lines;
  lines.push_back(canvas.paint(Tone::faint, "NOT SEEN"));
  for (const std::string& cause : causes_of(report.snapshot.gaps))
    append(lines, wrap_after("  ", cause, canvas.width));
  for (const std::string& step : steps_against_gaps(report.checks))
    append(lines, wrap_after("  mend  ", escape(step), canvas.width));
  return lines;
}

Lines summary_lines(const Report& report, const Canvas& canvas) {
  return wrap(fmt::format("{}.", fmt::join(parts_of(report), ", ")), canvas.width);
}

}  // namespace iptmode::report
