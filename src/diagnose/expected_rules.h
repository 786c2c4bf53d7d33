// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string_view>

#include "iptmode/component.h"

namespace iptmode::checks {

/// What somebody who runs here always has in the kernel, once it is at work.
struct ExpectedRules {
  bool native = false;  ///< in nft tables of its own alone; else in those of iptables
  bool either = false;  ///< or in any of the two: what it was told elsewhere is not seen here
  std::string_view looked_for = {};
  std::string_view harm = {};
};

/// Nothing for who may well have none: by its kind, by how it was told to work.
[[nodiscard]] std::optional<ExpectedRules> expected_rules_of(const Component& component);

}  // namespace iptmode::checks
