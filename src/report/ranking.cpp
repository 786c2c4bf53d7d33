// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/ranking.h"

#include <algorithm>

namespace iptmode::report {

std::vector<Ranked> ranked_findings(const std::vector<CheckResult>& checks) {
  std::vector<Ranked> ranked;
  for (const CheckResult& check : checks)
    for (const Finding& finding : check.findings)
      ranked.push_back({.check = &check, .finding = &finding});
  std::ranges::stable_sort(ranked, [](const Ranked& a, const Ranked& b) {
    if (a.finding->suppressed != b.finding->suppressed) return b.finding->suppressed;
    return a.finding->severity > b.finding->severity;
  });
  return ranked;
}

namespace {

bool names_it(std::string_view subject, std::string_view name) {
  if (!subject.starts_with(name)) return false;
  subject.remove_prefix(name.size());
  return subject.empty() || subject.starts_with(" (") || subject.starts_with(',');
}

}  // namespace

std::optional<Severity> worst_about(std::string_view name, const std::vector<CheckResult>& checks) {
  std::optional<Severity> worst;
  for (const CheckResult& check : checks)
    for (const Finding& finding : check.findings)
      if (!finding.suppressed && names_it(finding.subject, name))
        worst = std::max(worst, std::optional{finding.severity});
  return worst;
}

}  // namespace iptmode::report
