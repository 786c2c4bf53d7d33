// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "iptmode/report.h"

namespace iptmode::report {

/// A finding and the check that made it. Both are borrowed from the report.
struct Ranked {
  const CheckResult* check = nullptr;
  const Finding* finding = nullptr;
};

/// The check whose findings are the gaps once more. Text shows gaps in a section of their own.
inline constexpr std::string_view kGapCheck = "incomplete";

/// Worst first, then in the order of the checks; suppressed ones last.
[[nodiscard]] std::vector<Ranked> ranked_findings(const std::vector<CheckResult>& checks);

/// The worst that a finding that is not suppressed says about `name`: its subject is "host",
/// "k0s (/var/lib/k0s/bin)" or "kube-router (pid 1402)", alone or before others.
[[nodiscard]] std::optional<Severity> worst_about(std::string_view name,
                                                  const std::vector<CheckResult>& checks);

/// The one line that a report is reduced to, from everything else in it: the worst finding, what
/// could not be seen, or what is in order. Printable ASCII, no quotes, at most 200 bytes.
[[nodiscard]] std::string message_of(const Report& report);

}  // namespace iptmode::report
