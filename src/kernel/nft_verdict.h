// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

#include "iptmode/rule.h"

namespace iptmode::kernel {

// What the expressions that end a rule do with a packet; `data` is the payload of NFTA_EXPR_DATA.
// Any bytes will do. Pure.

/// `verdict` is the payload of NFTA_DATA_VERDICT. Kind `none` for "continue"; not decoded for
/// "break" and what is not known here.
[[nodiscard]] Action verdict_action(std::string_view verdict);
[[nodiscard]] Action reject_action(std::string_view data, std::uint8_t family);
[[nodiscard]] Action queue_action(std::string_view data);
[[nodiscard]] Action log_action(std::string_view data);

}  // namespace iptmode::kernel
