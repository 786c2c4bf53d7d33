// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "iptmode/escape.h"
#include "iptmode/render.h"
#include "report/ranking.h"

namespace iptmode {

namespace {

constexpr std::size_t kMaxBytes = 4096;
constexpr std::size_t kMaxLine = 400;
constexpr std::size_t kLastLine = 40;  // "... and 123 more lines"

std::string_view word_of(ServiceState state) {
  switch (state) {
    case ServiceState::ok: return "OK";
    case ServiceState::warning: return "WARNING";
    case ServiceState::critical: return "CRITICAL";
    case ServiceState::unknown: return "UNKNOWN";
  }
  return "UNKNOWN";
}

// Everything behind a '|' is performance data.
std::string plain(std::string_view text) {
  std::string result = to_plain_ascii(text);
  std::ranges::replace(result, '|', '/');
  return result;
}

// label=value;warning;critical;minimum, as the plugin interface has it.
std::string performance(const Report& report) {
  const Summary& summary = report.summary;
  return fmt::format("fail={};;0;0 warn={};0;;0 unknown={};;;0 gaps={};;;0 suppressed={};;;0",
                     summary.fail, summary.warn, summary.unknown, report.snapshot.gaps.size(),
                     summary.suppressed);
}

std::string line_of(const report::Ranked& ranked) {
  const Finding& finding = *ranked.finding;
  return shorten(plain(fmt::format("{} {}: {}: {}", ranked.check->id, to_string(finding.severity),
                                   finding.subject, finding.message)),
                 kMaxLine) +
         '\n';
}

}  // namespace

std::string render_nagios(const Report& report, ServiceState state) {
  std::string text = fmt::format("IPTMODE {} - {} ({} fail, {} warn) | {}\n", word_of(state),
                                 plain(report.message), report.summary.fail, report.summary.warn,
                                 performance(report));
  auto ranked = report::ranked_findings(report.checks);
  std::erase_if(ranked, [](const report::Ranked& entry) { return entry.finding->suppressed; });
  std::vector<std::string> lines;
  std::ranges::transform(ranked, std::back_inserter(lines), line_of);
  for (const ExceptionUse& use : report.exceptions)
    if (is_stale(use))
      lines.push_back(shorten(plain("exception " + to_string(use)), kMaxLine) + '\n');
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (text.size() + lines[i].size() + kLastLine > kMaxBytes)
      return text + fmt::format("... and {} more lines\n", lines.size() - i);
    text += lines[i];
  }
  return text;
}

std::string render_nagios_unknown(std::string_view reason) {
  return fmt::format("IPTMODE UNKNOWN - {}\n", shorten(plain(reason), kMaxLine));
}

}  // namespace iptmode
