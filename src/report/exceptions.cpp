// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/exception.h"
#include "report/display.h"
#include "report/json_parts.h"
#include "report/sections.h"

namespace iptmode::report {

Lines exception_lines(const std::vector<ExceptionUse>& uses, const Canvas& canvas) {
  if (uses.empty()) return {};
  Lines lines{canvas.paint(Tone::faint, "EXCEPTIONS")};
  for (const ExceptionUse& use : uses) {
    constexpr std::string_view kStale = "stale";
    Lines wrapped =
        wrap_after(is_stale(use) ? "  stale   " : "          ", to_string(use), canvas.width);
    if (is_stale(use))
      wrapped.front().replace(2, kStale.size(), canvas.paint(Tone::caution, kStale));
    for (std::string& line : wrapped) lines.push_back(std::move(line));
  }
  return lines;
}

Json json_exceptions(const std::vector<ExceptionUse>& uses) {
  Json array = Json::array();
  for (const ExceptionUse& use : uses)
    array.push_back({{"check", use.exception.check},
                     {"subject", json_text(use.exception.subject)},
                     {"reason", json_text(use.exception.reason)},
                     {"expires", use.exception.expires ? Json(expiry_text(use.exception)) : Json{}},
                     {"line", use.exception.line},
                     {"state", to_string(use.state)},
                     {"findings", use.findings}});
  return array;
}

}  // namespace iptmode::report
