// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <vector>

#include "iptmode/rule.h"

namespace iptmode::rule_text {

/// One form for conditions of one meaning: masks that are prefixes become intervals, intervals are
/// merged and sorted, "not this bit" becomes "this bit is 0", lists of states become bits. Nothing
/// for a condition that every packet meets ("-s 0.0.0.0/0", "-i +").
[[nodiscard]] std::optional<Condition> canonical(Condition condition);

/// All of a rule's, each in its one form, sorted.
[[nodiscard]] std::vector<Condition> canonical_conditions(const Rule& rule);

}  // namespace iptmode::rule_text
