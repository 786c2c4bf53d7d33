// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <utility>

#include "iptmode/drift.h"
#include "iptmode/report.h"
#include "report/ranking.h"

namespace iptmode {

namespace {

bool has_status(const std::vector<CheckResult>& checks, CheckStatus status) {
  return std::ranges::any_of(checks,
                             [&](const CheckResult& check) { return check.status == status; });
}

bool selected(std::string_view id, const Selection& selection) {
  const auto names_it = [&](const std::vector<std::string>& ids) {
    return std::ranges::find(ids, id) != ids.end();
  };
  return (selection.only.empty() || names_it(selection.only)) && !names_it(selection.skip);
}

// Whether a check that was asked for depends on what the gap hides. With nothing deselected every
// gap that hides a fact counts.
bool matters(const Gap& gap, const Selection& selection) {
  if (!gap.hides) return false;
  if (selection.only.empty() && selection.skip.empty()) return true;
  return std::ranges::any_of(all_checks(), [&](const Check& check) {
    return selected(check.id, selection) &&
           std::ranges::find(check.needs, *gap.hides) != check.needs.end();
  });
}

Verdict verdict_of(const Report& report, const Selection& selection) {
  if (has_status(report.checks, CheckStatus::fail)) return Verdict::fail;
  const bool blind = std::ranges::any_of(report.snapshot.gaps,
                                         [&](const Gap& gap) { return matters(gap, selection); });
  if (blind || has_status(report.checks, CheckStatus::unknown)) return Verdict::unknown;
  return has_status(report.checks, CheckStatus::warn) ? Verdict::warn : Verdict::pass;
}

void count(Summary& summary, const CheckResult& check) {
  switch (check.status) {
    case CheckStatus::pass: ++summary.pass; break;
    case CheckStatus::warn: ++summary.warn; break;
    case CheckStatus::fail: ++summary.fail; break;
    case CheckStatus::skip: ++summary.skip; break;
    case CheckStatus::unknown: ++summary.unknown; break;
  }
  for (const Finding& finding : check.findings)
    if (finding.suppressed) ++summary.suppressed;
}

}  // namespace

std::string_view to_string(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::pass: return "pass";
    case Verdict::warn: return "warn";
    case Verdict::fail: return "fail";
    case Verdict::unknown: return "unknown";
  }
  return "invalid";
}

Report judge(Snapshot snapshot, const Selection& selection) {
  Report report;
  report.checks = diagnose(snapshot, selection);
  report.snapshot = std::move(snapshot);
  for (const CheckResult& check : report.checks) count(report.summary, check);
  report.verdict = verdict_of(report, selection);
  report.fingerprint = fingerprint(stable_facts(report.snapshot, report.checks));
  report.message = report::message_of(report);
  return report;
}

std::optional<Severity> worst(const Report& report) {
  const auto ranked = report::ranked_findings(report.checks);
  if (ranked.empty() || ranked.front().finding->suppressed) return std::nullopt;
  return ranked.front().finding->severity;
}

}  // namespace iptmode
