// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string_view>

#include "iptmode/rule.h"
#include "kernel/nft_registers.h"

namespace iptmode::kernel {

/// What the expressions "nat", "masq" and "redir" do, as iptables' targets DNAT, SNAT, MASQUERADE
/// and REDIRECT. `data` is the payload of NFTA_EXPR_DATA; addresses and ports stand in registers.
/// Not decoded where those do not hold constants. Pure.
[[nodiscard]] Action translation_action(std::string_view expression, std::string_view data,
                                        const Registers& registers);

}  // namespace iptmode::kernel
