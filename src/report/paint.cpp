// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/paint.h"

namespace iptmode::report {

namespace {

std::string_view sequence_of(Tone tone) {
  switch (tone) {
    case Tone::plain: return "";
    case Tone::good: return "\x1b[1;32m";
    case Tone::caution: return "\x1b[1;33m";
    case Tone::bad: return "\x1b[1;31m";
    case Tone::faint: return "\x1b[2m";
  }
  return "";
}

}  // namespace

std::string Paint::operator()(Tone tone, std::string_view text) const {
  const std::string_view start = colour_ ? sequence_of(tone) : std::string_view{};
  if (start.empty() || text.empty()) return std::string{text};
  return std::string{start}.append(text).append("\x1b[0m");
}

Tone tone_of(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::pass: return Tone::good;
    case Verdict::warn:
    case Verdict::unknown: return Tone::caution;
    case Verdict::fail: return Tone::bad;
  }
  return Tone::plain;
}

Tone tone_of(Severity severity) noexcept {
  switch (severity) {
    case Severity::info: return Tone::plain;
    case Severity::warning: return Tone::caution;
    case Severity::error:
    case Severity::critical: return Tone::bad;
  }
  return Tone::plain;
}

}  // namespace iptmode::report
