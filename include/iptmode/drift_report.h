// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "iptmode/drift.h"

namespace iptmode {

/// Seconds since 1970 as "2026-01-31T10:20:30Z".
[[nodiscard]] std::string utc_text(std::int64_t seconds);

/// A node held against its baseline: what the output of `iptmode drift` is rendered from.
struct DriftReport {
  Baseline baseline = {};  ///< what was accepted
  Baseline now = {};       ///< what was seen, in the same form; accepted_at is when
  Comparison comparison = {};
  std::vector<Gap> gaps = {};            ///< only those that hide something
  std::vector<ExceptionUse> stale = {};  ///< exceptions that should be taken out or renewed
};

/// "drifted", "undecided" where something hidden might have, "unchanged".
[[nodiscard]] std::string_view drift_verdict(const Comparison& comparison) noexcept;

/// One line: verdict, node, counts.
[[nodiscard]] std::string drift_message(const DriftReport& report);

/// For people: the message, then one line for each change and each thing that was not seen.
[[nodiscard]] std::string render_drift_text(const DriftReport& report);
/// iptmode.drift/1
[[nodiscard]] std::string render_drift_json(const DriftReport& report);

/// The facts of a baseline by subject, and when it was accepted.
[[nodiscard]] std::string render_baseline_text(const Baseline& baseline);

inline constexpr std::size_t kMaxHistoryBytes = 1U << 20U;

/// One line of the history: the state of the node became another one.
struct HistoryEntry {
  std::string at = {};
  std::string event = {};                 ///< "accepted", "drifted", "returned", "excepted"
  std::string fingerprint = {};           ///< of the state it became
  std::vector<std::string> changes = {};  ///< "regression kube-router: ..."
  bool operator==(const HistoryEntry&) const = default;
};

/// `history` with one more line; the oldest lines are dropped to keep it below kMaxHistoryBytes.
[[nodiscard]] std::string history_with(std::string_view history, const HistoryEntry& entry);

/// What a comparison adds to the history: nothing when its last entry tells the same already.
[[nodiscard]] std::optional<HistoryEntry> next_entry(std::string_view history,
                                                     const DriftReport& report);

/// The timeline, oldest first. Lines that cannot be read are counted.
[[nodiscard]] std::string render_history_text(std::string_view history);
/// iptmode.history/1
[[nodiscard]] std::string render_history_json(std::string_view history);

}  // namespace iptmode
