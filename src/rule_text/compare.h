// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

#include "iptmode/rule.h"
#include "iptmode/rule_text.h"

namespace iptmode::rule_text {

/// Something that a rule demands or does and that a text of it says otherwise.
struct Difference {
  std::string words = {};  ///< "--mark 0x4000/0x4000 is missing", "-s 10.0.0.0/8 is read as ..."
  bool certain = true;     ///< false: it may be another word for what this program does not decode
  bool operator==(const Difference&) const = default;
};

/// What `got` says otherwise than `truth`; empty when both mean the same. Parts of `truth` that are
/// not decoded are compared by name only.
[[nodiscard]] std::vector<Difference> differences(const Rule& truth, const RuleText& got);

[[nodiscard]] bool any_certain(const std::vector<Difference>& differences);

}  // namespace iptmode::rule_text
