// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "iptmode/rule.h"

namespace iptmode {

/// The value of the same length behind `bytes`, big-endian; nothing behind the last.
[[nodiscard]] std::optional<std::string> next_value(std::string bytes);

/// The value before; nothing before zero.
[[nodiscard]] std::optional<std::string> previous_value(std::string bytes);

/// The same values in ascending order, with those that overlap or touch as one interval. Values of
/// different lengths never touch.
[[nodiscard]] std::vector<Interval> in_normal_form(std::vector<Interval> intervals);

}  // namespace iptmode
