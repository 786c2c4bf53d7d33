// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include <fmt/format.h>

#include "iptmode/escape.h"
#include "report/display.h"
#include "report/ranking.h"
#include "report/sections.h"

namespace iptmode::report {

namespace {

constexpr std::size_t kLabel = 10;  // the longest severity and a gap

std::string_view label_of(Severity severity) {
  return severity == Severity::info ? "note" : to_string(severity);
}

std::string painted_label(const Ranked& ranked, const Canvas& canvas) {
  const Severity severity = ranked.finding->severity;
  const std::string label = padded(label_of(severity), kLabel);
  return canvas.paint(ranked.finding->suppressed ? Tone::faint : tone_of(severity), label);
}

void append(Lines& lines, Lines more) {
  for (std::string& line : more) lines.push_back(std::move(line));
}

// "seen    first fact" and the others below it.
void append_list(Lines& lines, std::string_view title, const std::vector<std::string>& items,
                 const Canvas& canvas) {
  std::string lead = std::string(kLabel, ' ') + padded(title, 8);
  for (const std::string& item : items) {
    append(lines, wrap_after(lead, escape(item), canvas.width));
    lead.assign(lead.size(), ' ');
  }
}

void append_finding(Lines& lines, const Ranked& ranked, const Canvas& canvas) {
  const Finding& finding = *ranked.finding;
  const std::string title =
      fmt::format("{}   {}{}", ranked.check->id, escape(finding.subject),
                  finding.suppressed ? "   (suppressed by an exception)" : "");
  const std::string margin(kLabel, ' ');
  Lines heading = wrap_after(margin, title, canvas.width);
  // wrap() joins words by one space; the gap before the subject is worth keeping where it fits.
  if (heading.size() == 1 && display_width(title) + kLabel <= canvas.width)
    heading.front() = margin + title;
  heading.front().replace(0, kLabel, painted_label(ranked, canvas));
  append(lines, std::move(heading));
  append(lines, wrap_after(margin, escape(finding.message), canvas.width));
  append_list(lines, "seen", finding.evidence, canvas);
  append_list(lines, "mend", finding.remedy, canvas);
}

}  // namespace

Lines finding_lines(const Report& report, const Canvas& canvas) {
  Lines lines;
  for (const Ranked& ranked : ranked_findings(report.checks)) {
    if (ranked.check->id == kGapCheck) continue;
    if (!lines.empty()) lines.emplace_back();
    append_finding(lines, ranked, canvas);
  }
  return lines;
}

Lines brief_finding_lines(const Report& report, const Canvas& canvas) {
  Lines lines;
  for (const Ranked& ranked : ranked_findings(report.checks))
    if (!ranked.finding->suppressed && ranked.check->id != kGapCheck)
      lines.push_back(fmt::format("{}{}  {}: {}", painted_label(ranked, canvas), ranked.check->id,
                                  escape(ranked.finding->subject),
                                  escape(ranked.finding->message)));
  return lines;
}

}  // namespace iptmode::report
