// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string_view>

namespace iptmode::kernel {

/// What one set or map of an nft table says. The views point into the message.
struct SetFacts {
  std::string_view table = {};
  std::string_view name = {};
  /// Its user data describes a key or value of a plain `type` as an expression, as nft 1.1.2 and
  /// later write it. nft before that calls a function which that kind of expression lacks, and dies
  /// (nftables commit be737a1986 mends it).
  bool described = false;
};

/// Decodes the attributes of one NFT_MSG_NEWSET message (what follows its nfgenmsg). Pure.
[[nodiscard]] SetFacts decode_set(std::string_view attributes);

}  // namespace iptmode::kernel
