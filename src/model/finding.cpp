// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/finding.h"

namespace iptmode {

std::string_view to_string(Severity severity) noexcept {
  switch (severity) {
    case Severity::info: return "info";
    case Severity::warning: return "warning";
    case Severity::error: return "error";
    case Severity::critical: return "critical";
  }
  return "invalid";
}

std::optional<Severity> severity_from_string(std::string_view text) noexcept {
  for (const Severity severity : kAllSeverities)
    if (to_string(severity) == text) return severity;
  return std::nullopt;
}

std::string_view to_string(CheckStatus status) noexcept {
  switch (status) {
    case CheckStatus::pass: return "pass";
    case CheckStatus::warn: return "warn";
    case CheckStatus::fail: return "fail";
    case CheckStatus::skip: return "skip";
    case CheckStatus::unknown: return "unknown";
  }
  return "invalid";
}

}  // namespace iptmode
