// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string_view>

#include "kernel/nft_registers.h"
#include "kernel/rule_drafts.h"

namespace iptmode::kernel {

/// Goes through an expression that fills a register; false when it is of another kind. `data` is
/// the payload of NFTA_EXPR_DATA, any bytes will do. `drafts` tell what packets come so far. Pure.
[[nodiscard]] bool load_register(std::string_view name, std::string_view data,
                                 const RuleDrafts& drafts, Registers& registers);

}  // namespace iptmode::kernel
