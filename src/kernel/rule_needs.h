// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "iptmode/rule_shape.h"

namespace iptmode::kernel {

/// What must be there before a rule can be, and what the kernel does not dump of it. The views
/// point into the shape.
struct RuleNeeds {
  std::vector<std::string_view> chains = {};    ///< that it jumps to
  std::vector<std::string_view> counters = {};  ///< of nfacct
  std::string_view outside = {};  ///< a target that acts outside of the network namespace
  std::uint32_t protocol = 0;     ///< of its own comparison; 0: none
  bool inverted = false;          ///< any other
};

/// Of the exemplar. Pure.
[[nodiscard]] RuleNeeds needs_of(const RuleShape& shape);

}  // namespace iptmode::kernel
