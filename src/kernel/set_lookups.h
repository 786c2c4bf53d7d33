// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string_view>

#include "kernel/nft_registers.h"
#include "kernel/rule_drafts.h"

namespace iptmode::kernel {

/// A lookup expression, in a set or in a map of verdicts: one condition with the set's values, or a
/// draft for each element. `data` is the payload of NFTA_EXPR_DATA, any bytes will do. A set that
/// is not known becomes a condition that is not decoded. Pure.
void decode_lookup(std::string_view data, Registers& registers, RuleDrafts& drafts);

}  // namespace iptmode::kernel
