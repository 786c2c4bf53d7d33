// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

#include "kernel/nft_registers.h"

namespace iptmode::kernel {

/// What an expression loads into a register. `data` is the payload of NFTA_EXPR_DATA; any bytes
/// will do. Pure.
///
/// A payload expression: `family` is that of the packet where it is known (NFPROTO_IPV4 or
/// NFPROTO_IPV6), `protocol` the transport protocol where the rule has asked for it, else 0.
[[nodiscard]] Operand payload_load(std::string_view data, std::uint8_t family,
                                   std::uint8_t protocol);
[[nodiscard]] Operand meta_load(std::string_view data);
[[nodiscard]] Operand conntrack_load(std::string_view data);
[[nodiscard]] Operand fib_load(std::string_view data);

}  // namespace iptmode::kernel
