// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "iptmode/kernel_state.h"

namespace iptmode::kernel {

/// "ip", "ip6", "inet", "arp", "bridge", "netdev"; the number for a family that is not known here.
[[nodiscard]] std::string nft_family_name(std::uint8_t family);

/// Takes the hook and the priority from the payload of an NFTA_CHAIN_HOOK; `family` is the table's.
/// A hook that is not known here is given as its number.
void read_hook(std::string_view payload, std::uint8_t family, BaseChain& chain);

}  // namespace iptmode::kernel
