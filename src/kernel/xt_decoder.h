// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

#include "iptmode/backend.h"
#include "iptmode/rule.h"

namespace iptmode::kernel {

/// A match or target of x_tables, as a legacy entry and nft_compat carry it. `info` is the
/// structure of the extension's own header, which may be cut or be anything.
struct Extension {
  std::string_view name = {};
  std::uint32_t revision = 0;
  std::string_view info = {};
};

/// Adds what the match demands to the rule; one that is not known here by its name only. Pure.
void decode_xt_match(const Extension& match, IpFamily family, Rule& rule);

/// What a rule that ends in this target does. Pure.
[[nodiscard]] Action decode_xt_target(const Extension& target, IpFamily family);

}  // namespace iptmode::kernel
