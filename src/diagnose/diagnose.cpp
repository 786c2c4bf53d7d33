// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/diagnose.h"

#include <algorithm>
#include <optional>

namespace iptmode {
namespace {

bool contains(const std::vector<std::string>& ids, std::string_view id) {
  return std::ranges::find(ids, id) != ids.end();
}

/// The first gap that hides a fact this check needs.
const Gap* hiding_gap(const Check& check, const Snapshot& snapshot) {
  const auto hides_a_need = [&](const Gap& gap) {
    return gap.hides && std::ranges::find(check.needs, *gap.hides) != check.needs.end();
  };
  const auto found = std::ranges::find_if(snapshot.gaps, hides_a_need);
  return found == snapshot.gaps.end() ? nullptr : &*found;
}

/// The worst finding that counts; `findings` are sorted, worst first.
const Finding* worst_of(const std::vector<Finding>& findings) {
  const auto found = std::ranges::find(findings, false, &Finding::suppressed);
  return found == findings.end() ? nullptr : &*found;
}

void sort_worst_first(std::vector<Finding>& findings) {
  std::ranges::stable_sort(findings, [](const Finding& a, const Finding& b) {
    return a.severity != b.severity ? a.severity > b.severity : a.subject < b.subject;
  });
}

/// A fault that was seen decides. Without one, what could not be seen could hide one; a note is no
/// fault and does not make up for a gap.
void settle(CheckResult& result, const CheckOutcome& outcome, const Gap* gap) {
  const Finding* const worst = worst_of(result.findings);
  if (worst != nullptr) {
    result.severity = worst->severity;
    result.message = worst->message;
  }
  if (worst != nullptr && worst->severity >= Severity::error) {
    result.status = CheckStatus::fail;
  } else if (worst != nullptr && worst->severity == Severity::warning) {
    result.status = CheckStatus::warn;
  } else if (outcome.undecided) {
    result.status = CheckStatus::unknown;
    result.message = *outcome.undecided;
  } else if (gap != nullptr) {
    result.status = CheckStatus::unknown;
    result.message = "not read: " + gap->subject + ": " + gap->reason;
  } else if (outcome.skipped) {
    result.status = CheckStatus::skip;
    result.message = *outcome.skipped;
  } else if (worst == nullptr && !result.findings.empty()) {
    const std::size_t count = result.findings.size();
    result.message =
        std::to_string(count) + (count == 1 ? " finding" : " findings") + ", covered by exceptions";
  }
}

/// Runs checks on one snapshot.
class Examination {
 public:
  Examination(const Snapshot& snapshot, std::span<const Exception> exceptions)
      : snapshot_{snapshot}, exceptions_{exceptions} {}

  CheckResult run(const Check& check) {
    CheckOutcome outcome =
        check.run != nullptr ? check.run(snapshot_) : check.run_on_readings(snapshot_, readings());
    CheckResult result{.id = check.id, .title = check.title, .severity = check.severity};
    result.seen = std::move(outcome.seen);
    result.findings = std::move(outcome.findings);
    suppress(result.findings, check.id, exceptions_, snapshot_.taken_at);
    sort_worst_first(result.findings);
    settle(result, outcome, hiding_gap(check, snapshot_));
    return result;
  }

 private:
  // Judging them costs more than all checks together.
  const CrossVerdict& readings() {
    if (!readings_) readings_ = judge_readings(snapshot_);
    return *readings_;
  }

  const Snapshot& snapshot_;
  std::span<const Exception> exceptions_;
  std::optional<CrossVerdict> readings_ = {};
};

}  // namespace

bool is_selected(std::string_view id, const Selection& selection) {
  return (selection.only.empty() || contains(selection.only, id)) && !contains(selection.skip, id);
}

std::vector<CheckResult> diagnose(const Snapshot& snapshot, const Selection& selection,
                                  std::span<const Exception> exceptions) {
  Examination examination{snapshot, exceptions};
  std::vector<CheckResult> results;
  results.reserve(all_checks().size());
  for (const Check& check : all_checks()) {
    if (is_selected(check.id, selection)) {
      results.push_back(examination.run(check));
    } else {
      results.push_back({.id = check.id,
                         .title = check.title,
                         .severity = check.severity,
                         .status = CheckStatus::skip,
                         .message = "not selected"});
    }
  }
  return results;
}

}  // namespace iptmode
