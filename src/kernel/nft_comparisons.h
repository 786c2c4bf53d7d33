// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "kernel/nft_registers.h"
#include "kernel/rule_drafts.h"

namespace iptmode::kernel {

// The expressions that compare a register with values of their own; `data` is the payload of
// NFTA_EXPR_DATA, any bytes will do. What is not understood becomes a condition that is not
// decoded. Pure.

void decode_comparison(std::string_view data, const Registers& registers, RuleDrafts& drafts);
void decode_range(std::string_view data, const Registers& registers, RuleDrafts& drafts);

/// What a condition on it is called that is not decoded.
[[nodiscard]] std::string name_of(const Operand& operand);

}  // namespace iptmode::kernel
