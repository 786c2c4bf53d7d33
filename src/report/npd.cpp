// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include "iptmode/escape.h"
#include "iptmode/render.h"
#include "report/ranking.h"

namespace iptmode {

namespace {

// node-problem-detector cuts the output of a plugin at max_output_length, by default 80 bytes.
constexpr std::size_t kMaxBytes = 80;

std::string line_of(std::string_view word, std::string_view text) {
  const std::string line = fmt::format("{}: {}", word, to_plain_ascii(text));
  return shorten(line, kMaxBytes - 1) + '\n';
}

// The name of the check first: it is what remains when the line is cut.
std::string text_of(const Report& report) {
  const auto ranked = report::ranked_findings(report.checks);
  const bool found = !ranked.empty() && !ranked.front().finding->suppressed;
  const bool told = report.verdict == Verdict::fail || report.verdict == Verdict::warn;
  if (!found || !told) return report.message;
  return fmt::format("{}: {}", ranked.front().check->id, report.message);
}

}  // namespace

std::string render_npd(const Report& report, ServiceState state) {
  switch (state) {
    case ServiceState::ok:
    case ServiceState::warning: return line_of("ok", text_of(report));
    case ServiceState::critical: return line_of("problem", text_of(report));
    case ServiceState::unknown: return line_of("unknown", text_of(report));
  }
  return {};
}

std::string render_npd_unknown(std::string_view reason) {
  return line_of("unknown", reason);
}

}  // namespace iptmode
