// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace iptmode::kernel {

/// Bytes of a rule's expressions on which its shape does not depend.
struct Varying {
  std::string_view bytes = {};  ///< points into the expressions
  bool counts = false;          ///< packets and bytes: no part of what the rule says
};

/// What a rule's expressions add to its shape_key(). Lists in `varying` what it leaves out, in the
/// order of the bytes and apart from one another: any other bytes in their places give the same
/// result, and the same in decode_rule() but for what is said there. Pure.
[[nodiscard]] std::uint64_t expressions_key(std::string_view expressions,
                                            std::vector<Varying>& varying);

/// Equal for rules that every reader decodes along the same path, see RuleShape, and different for
/// others as far as 64 bits go. `expressions` is the expressions_key(); `seed` is what else tells
/// shapes apart (the chain's fingerprint). What varies from rule to rule alone is left out:
/// counters, addresses, ports, names of chains and sets, the content of matches. Pure.
[[nodiscard]] std::uint64_t shape_key(std::uint64_t expressions, bool user_data,
                                      std::uint64_t seed) noexcept;

/// The seed for a chain. `pattern` is its line of the fingerprint table; empty for nobody's.
[[nodiscard]] std::uint64_t shape_seed(std::string_view pattern, bool base_chain) noexcept;

/// Whether a rule holds an expression that no release of iptables-nft writes into an ip or ip6
/// table: lookup, ct, fib, reject, nat, a meta key of its own, ... Pure.
[[nodiscard]] bool is_native(std::string_view expressions);

/// The names of the sets that a rule looks up. The views point into `expressions`. Pure.
[[nodiscard]] std::vector<std::string_view> sets_looked_up(std::string_view expressions);

}  // namespace iptmode::kernel
