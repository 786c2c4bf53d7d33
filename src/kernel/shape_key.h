// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace iptmode::kernel {

/// Equal for rules that every reader decodes along the same path, see RuleShape, and different for
/// others as far as 64 bits go. `expressions` is the payload of NFTA_RULE_EXPRESSIONS, `user_data`
/// that of NFTA_RULE_USERDATA; `seed` is what else tells shapes apart (the chain's fingerprint).
/// What varies from rule to rule alone is left out: counters, addresses, ports, names of chains and
/// sets, the content of matches. Allocates nothing. Pure.
[[nodiscard]] std::uint64_t shape_key(std::string_view expressions, std::string_view user_data,
                                      std::uint64_t seed);

/// The seed for a chain. `pattern` is its line of the fingerprint table; empty for nobody's.
[[nodiscard]] std::uint64_t shape_seed(std::string_view pattern, bool base_chain);

/// Whether a rule holds an expression that no release of iptables-nft writes into an ip or ip6
/// table: lookup, ct, fib, reject, nat, a meta key of its own, ... Pure.
[[nodiscard]] bool is_native(std::string_view expressions);

/// The names of the sets that a rule looks up. The views point into `expressions`. Pure.
[[nodiscard]] std::vector<std::string_view> sets_looked_up(std::string_view expressions);

}  // namespace iptmode::kernel
