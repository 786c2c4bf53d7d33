// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string_view>

#include "cli/commands.h"
#include "iptmode/drift_report.h"
#include "state/state_directory.h"

namespace iptmode::cli {

inline constexpr std::string_view kBaselineFile = "baseline.json";
inline constexpr std::string_view kPreviousFile = "baseline.previous.json";
inline constexpr std::string_view kDamagedFile = "baseline.damaged.json";
inline constexpr std::string_view kHistoryFile = "history.jsonl";

/// What is left to see of this node for a comparison: all checks run, whatever --only and --skip
/// say, so that two runs have the same facts.
struct SeenNode {
  Baseline state = {};
  std::vector<Gap> gaps = {};  ///< only those that hide something
  std::vector<ExceptionUse> stale = {};
};
[[nodiscard]] tl::expected<SeenNode, Failure> see_node(const Options& options,
                                                       const Surroundings& surroundings);

/// The stored baseline. Where there is none, or it cannot be used, the Failure says what to do.
[[nodiscard]] tl::expected<Baseline, Failure> stored_baseline();

/// Nothing, or why the history could not be written, which is no reason to keep quiet about a
/// result. An absent `entry` adds nothing.
[[nodiscard]] std::string record(const state::StateDirectory& directory,
                                 const std::optional<HistoryEntry>& entry);

}  // namespace iptmode::cli
