// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "iptmode/finding.h"

namespace iptmode {

/// A finding that an operator knows of and accepts, for a reason and for a time. It stays visible
/// and is counted, but decides neither the verdict nor the exit status.
struct Exception {
  std::string check = {};     ///< the id of the check, never `incomplete`
  std::string subject = "*";  ///< a pattern for the whole subject: * is any text, ? any byte
  std::string reason = {};
  /// The last day on which it holds, UTC; nothing: it has no end.
  std::optional<std::chrono::year_month_day> expires = {};
  std::size_t line = 0;  ///< where it stands in its file, from 1
  bool operator==(const Exception&) const = default;
};

/// "2026-12-31", or "never".
[[nodiscard]] std::string expiry_text(const Exception& exception);
/// The inverse. Nothing for what is no day of the calendar.
[[nodiscard]] std::optional<std::chrono::year_month_day> day_from_string(std::string_view text);

[[nodiscard]] bool is_expired(const Exception& exception, std::int64_t at);

/// Whether it speaks of a finding with this subject of this check, expired or not.
[[nodiscard]] bool covers(const Exception& exception, std::string_view check,
                          std::string_view subject);

/// Marks the findings of `check` that an exception covers which holds at `at` (seconds since 1970,
/// UTC).
void suppress(std::vector<Finding>& findings, std::string_view check,
              std::span<const Exception> exceptions, std::int64_t at);

/// What became of an exception. The order is that of joining several nodes: the first that holds on
/// any of them.
enum class ExceptionState : std::uint8_t {
  in_use,      ///< it covers a finding
  expired,     ///< it covers nothing any more, whether something is found or not
  not_judged,  ///< nothing to cover, but its check was left out or undecided
  unmatched,   ///< its check found nothing that it covers: it can go
};
[[nodiscard]] std::string_view to_string(ExceptionState state) noexcept;

struct ExceptionUse {
  Exception exception = {};
  ExceptionState state = ExceptionState::unmatched;
  std::size_t findings = 0;  ///< that it speaks of; of an expired one they count again
  bool operator==(const ExceptionUse&) const = default;
};

/// Expired or without a match: somebody should take it out or renew it.
[[nodiscard]] bool is_stale(const ExceptionUse& use);

/// "mode_split libvirt* (line 3) expired on 2026-01-31: 1 finding counts again. Its reason: ...",
/// escaped.
[[nodiscard]] std::string to_string(const ExceptionUse& use);

}  // namespace iptmode
