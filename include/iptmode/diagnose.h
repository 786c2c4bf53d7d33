// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "iptmode/cross_verdict.h"
#include "iptmode/exception.h"
#include "iptmode/finding.h"
#include "iptmode/snapshot.h"

namespace iptmode {

/// One row of the table of checks. All text is static.
struct Check {
  std::string_view id =
      {};  ///< snake_case, the name of its file under src/diagnose; never renamed or reused
  std::string_view title =
      {};                  ///< what holds when it passes: "All components use one iptables backend"
  Severity severity = {};  ///< of a finding at its usual harm
  std::span<const Fact> needs = {};  ///< a gap that hides one of these makes a pass `unknown`
  CheckOutcome (*run)(const Snapshot&) = nullptr;
  /// In place of `run`, for a check that asks what the cross-reading proved: the readings are
  /// judged once for all of them.
  CheckOutcome (*run_on_readings)(const Snapshot&, const CrossVerdict&) = nullptr;
  std::string_view looks_for = {};  ///< `explain`: what it compares with what
  std::string_view matters = {};    ///< `explain`: what goes wrong on a node that has it
  std::string_view mend = {};       ///< `explain`: how it is put right, in general
  std::string_view sources = {};    ///< `explain`: where the facts come from, one a line
};

/// In the order of the report.
[[nodiscard]] std::span<const Check> all_checks();
[[nodiscard]] const Check* find_check(std::string_view id);

/// One check's part of the report.
struct CheckResult {
  std::string_view id = {};
  std::string_view title = {};
  Severity severity = {};  ///< of its worst finding that is not suppressed, else the check's own
  CheckStatus status = CheckStatus::pass;
  std::string message =
      {};  ///< the worst finding's message, the reason of a skip, what exceptions cover; "" else
  std::vector<std::string> seen = {};  ///< what the check asked and was answered, pass or not
  std::vector<Finding> findings = {};  ///< worst first, then by subject
};

/// Which checks to run. Empty `only` means all.
struct Selection {
  std::vector<std::string> only = {};
  std::vector<std::string> skip = {};
};

/// Runs the selected checks; those left out get status `skip`. A finding that one of `exceptions`
/// covers on the day of the snapshot is suppressed: the check then ends as if it were not there.
/// Pure.
[[nodiscard]] std::vector<CheckResult> diagnose(const Snapshot& snapshot,
                                                const Selection& selection = {},
                                                std::span<const Exception> exceptions = {});

/// Whether `selection` has the check run.
[[nodiscard]] bool is_selected(std::string_view id, const Selection& selection);

}  // namespace iptmode
