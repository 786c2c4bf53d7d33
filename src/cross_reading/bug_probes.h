// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cross_reading/trial.h"
#include "iptmode/cross_reading.h"
#include "iptmode/kernel_state.h"

namespace iptmode::cross_reading {

/// What a reader does in an empty scratch namespace to show a bug of one version. The last run
/// decides; those before it have to succeed.
struct BugTrial {
  std::string bug = {};
  std::vector<std::vector<std::string>> runs = {};
};

/// For the bugs that a reader of this version is suspected of, or for all.
[[nodiscard]] std::vector<BugTrial> bug_trials(const std::optional<Version>& version, bool every);
/// "ipv6_legacy_check", looked for in an iptables-legacy. `table` must be one that the node has, or
/// it would be loaded.
[[nodiscard]] BugTrial legacy_bug_trial(const std::string& table);
[[nodiscard]] BugProbe judge_bug(const BugTrial& trial, const TrialResult& result);

/// "check_misses" needs rules that are there: the reader is asked (-C) for some that it has printed
/// itself.
struct CheckTrial {
  TrialPlan plan = {};
  std::vector<std::string> rules = {};  ///< in words, one for each run
};
[[nodiscard]] bool looks_for_missed_checks(const std::optional<Version>& version, bool every);
[[nodiscard]] CheckTrial check_trial(const std::vector<NftTable>& tables,
                                     const std::vector<FamilyReading>& readings);
[[nodiscard]] BugProbe judge_checks(const CheckTrial& trial, const TrialResult& result);

}  // namespace iptmode::cross_reading
