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

// Whether a check that was asked for depends on what the gap hides. With nothing deselected every
// gap that hides a fact counts.
bool matters(const Gap& gap, const Selection& selection) {
  if (!gap.hides) return false;
  if (selection.only.empty() && selection.skip.empty()) return true;
  return std::ranges::any_of(all_checks(), [&](const Check& check) {
    return is_selected(check.id, selection) &&
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

// That nothing matches is told only of a check that has looked and decided.
bool has_decided(const CheckResult& check, const Selection& selection) {
  return is_selected(check.id, selection) && check.status != CheckStatus::unknown;
}

ExceptionUse use_of(const Exception& exception, const Report& report, const Selection& selection) {
  ExceptionUse use{.exception = exception};
  const auto check = std::ranges::find(report.checks, exception.check, &CheckResult::id);
  if (check == report.checks.end()) return use;
  use.findings =
      static_cast<std::size_t>(std::ranges::count_if(check->findings, [&](const Finding& finding) {
        return covers(exception, check->id, finding.subject);
      }));
  if (is_expired(exception, report.snapshot.taken_at))
    use.state = ExceptionState::expired;
  else if (use.findings > 0)
    use.state = ExceptionState::in_use;
  else if (!has_decided(*check, selection))
    use.state = ExceptionState::not_judged;
  return use;
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

Report judge(Snapshot snapshot, const Selection& selection, std::span<const Exception> exceptions) {
  Report report;
  report.checks = diagnose(snapshot, selection, exceptions);
  report.snapshot = std::move(snapshot);
  for (const Exception& exception : exceptions)
    report.exceptions.push_back(use_of(exception, report, selection));
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
