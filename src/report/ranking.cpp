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

}  // namespace iptmode::report
