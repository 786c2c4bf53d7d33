// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "iptmode/host_settings.h"

namespace iptmode::collect {

/// What one file of nft commands says, as far as it matters here.
struct NftablesConfig {
  std::vector<RulesetFlush> flushes = {};  ///< every `flush ruleset [FAMILY]`
  std::vector<std::string> includes = {};  ///< as written: "/etc/nftables.d/*.nft"
};

/// Reads nft's own syntax (nft(8), also what follows it in a command of a unit): comments and
/// quoted text are passed over. `file` is for the result. Pure.
[[nodiscard]] NftablesConfig parse_nftables_config(std::string_view text, const std::string& file);

}  // namespace iptmode::collect
