// SPDX-License-Identifier: GPL-2.0-or-later
#include <array>

#include <fmt/format.h>

#include "html/markup.h"
#include "html/parts.h"
#include "report/ranking.h"

namespace iptmode::html {

namespace {

std::string_view label_of(Severity severity) {
  return severity == Severity::info ? "note" : to_string(severity);
}

/// A list of lines. What has to be typed keeps its blanks and can be copied.
std::string list_of(std::string_view title, std::string_view css_class,
                    const std::vector<std::string>& lines) {
  if (lines.empty()) return {};
  std::string items;
  for (const std::string& line : lines) items += fmt::format("<li>{}</li>\n", safe(line));
  return fmt::format("<h4>{}</h4>\n<ul class=\"{}\">\n{}</ul>\n", title, css_class, items);
}

std::string card_of(const report::Ranked& ranked) {
  const Finding& finding = *ranked.finding;
  return fmt::format(
      "<article class=\"card {0}{1}\">\n<h3><span class=\"badge {0}\">{2}</span> {3}</h3>\n"
      "<p class=\"about\"><code>{4}</code>{5}</p>\n<p>{6}</p>\n{7}{8}</article>\n",
      to_string(finding.severity), finding.suppressed ? " suppressed" : "",
      label_of(finding.severity), safe(finding.subject), safe(ranked.check->id),
      finding.suppressed ? " (suppressed by an exception)" : "", safe(finding.message),
      list_of("Seen", "seen", finding.evidence), list_of("What mends it", "mend", finding.remedy));
}

std::string counts_of(const Summary& summary) {
  struct Count {
    unsigned number = 0;
    std::string_view words = {};
  };
  const std::array counts{Count{summary.fail, "failed"}, Count{summary.warn, "with a warning"},
                          Count{summary.unknown, "undecided"}, Count{summary.pass, "passed"},
                          Count{summary.skip, "skipped"}};
  std::string text;
  for (const Count& count : counts)
    if (count.number > 0)
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count.number, count.words);
  return fmt::format("<p>Checks: {}.</p>\n", text.empty() ? "none" : text);
}

}  // namespace

std::string finding_cards(const Report& report) {
  std::string cards;
  for (const report::Ranked& ranked : report::ranked_findings(report.checks))
    if (ranked.check->id != report::kGapCheck) cards += card_of(ranked);
  if (cards.empty()) cards = "<p>Nothing was found.</p>\n";
  return counts_of(report.summary) + cards;
}

}  // namespace iptmode::html
