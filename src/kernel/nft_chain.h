// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "iptmode/kernel_state.h"

namespace iptmode::kernel {

/// What one chain of an nft table says. The views point into the message.
struct ChainFacts {
  std::string_view table = {};
  std::string_view name = {};
  std::uint32_t use = 0;       ///< rules in it plus jumps to it; 0: certainly empty
  bool bound_to_rule = false;  ///< the body of one rule's jump; nft does not list it
  bool is_base = false;
  BaseChain base = {};  ///< filled for a base chain; a hook that is not known here is its number
};

/// Decodes the attributes of one NFT_MSG_NEWCHAIN message (what follows its nfgenmsg). Pure.
[[nodiscard]] ChainFacts decode_chain(std::string_view attributes, std::uint8_t family);

/// "ip", "ip6", "inet", "arp", "bridge", "netdev"; the number for a family that is not known here.
[[nodiscard]] std::string nft_family_name(std::uint8_t family);

}  // namespace iptmode::kernel
