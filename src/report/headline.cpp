// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "iptmode/escape.h"
#include "report/display.h"
#include "report/sections.h"

namespace iptmode::report {

namespace {

std::string_view word_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass: return "PASS";
    case Verdict::warn: return "WARN";
    case Verdict::fail: return "FAIL";
    case Verdict::unknown: return "UNKNOWN";
  }
  return "?";
}

// "v1.32.4+k0s.0" is 1.32.4 to everybody who talks about it.
std::string_view release_of(std::string_view version) {
  if (version.starts_with('v')) version.remove_prefix(1);
  return version.substr(0, version.find('+'));
}

// "worker-3, k0s 1.32.4, kernel 6.12.43"
std::string place_of(const Snapshot& snapshot) {
  std::vector<std::string> parts;
  if (!snapshot.node.hostname.empty()) parts.push_back(escape(snapshot.node.hostname));
  if (snapshot.k0s && snapshot.k0s->version.empty())
    parts.emplace_back("k0s");
  else if (snapshot.k0s)
    parts.push_back(fmt::format("k0s {}", escape(release_of(snapshot.k0s->version))));
  if (!snapshot.node.kernel.empty())
    parts.push_back(fmt::format("kernel {}", escape(snapshot.node.kernel)));
  return fmt::format("{}", fmt::join(parts, ", "));
}

constexpr std::size_t kApart = 2;

}  // namespace

Lines headline(const Report& report, const Canvas& canvas) {
  const std::string_view word = word_of(report.verdict);
  const std::string lead = fmt::format("{}  ", word);
  const std::string place = place_of(report.snapshot);
  Lines lines = wrap_after(lead, report.message, canvas.width);

  const std::size_t used = display_width(lines.front()) + kApart + display_width(place);
  if (lines.size() == 1 && used <= canvas.width && !place.empty())
    lines.front() = padded(lines.front(), canvas.width - display_width(place)) + place;
  else if (!place.empty())
    for (std::string& line : wrap_after(std::string(lead.size(), ' '), place, canvas.width))
      lines.push_back(std::move(line));
  lines.front().replace(0, word.size(), canvas.paint(tone_of(report.verdict), word));
  return lines;
}

}  // namespace iptmode::report
