// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>

#include "iptmode/cross_verdict.h"
#include "iptmode/rule_text.h"

namespace iptmode::rule_text {

/// One reading of one shape, held against what the newest readers agree on (if they do) and against
/// what the expressions say.
[[nodiscard]] ReadingVerdict judge_reading(const RuleShape& shape,
                                           const std::optional<RuleText>& agreed,
                                           const RuleText& reading);

/// Whether two texts mean the same.
[[nodiscard]] bool same_meaning(const RuleText& a, const RuleText& b);
/// Whether a text holds everything that the expressions say, as far as they are decoded.
[[nodiscard]] bool fits(const Rule& truth, const RuleText& reading);

}  // namespace iptmode::rule_text
