// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "iptmode/version.h"

/// What iptables-nft makes of expressions that nft wrote and no iptables would. Measured: each kind
/// of rule beside one of iptables, read by Debian's 1.8.7, 1.8.9, 1.8.11 and 1.8.13; for 1.8.8 by
/// builds of its sources.
namespace iptmode::checks {

enum class NativeKind : std::uint8_t {
  hides_table,  ///< ct, reject, fib, log with a prefix, nat, ...: the table is "incompatible"
  looks_up,     ///< a set or map: the condition is left out
  packet_type,  ///< meta pkttype: the condition is left out before 1.8.9
  sets_mark,    ///< meta mark set: no target before 1.8.9, refused by it, MARK from 1.8.10 on
  other_meta,   ///< meta skuid, iifgroup, ...: left out before 1.8.9, refused from it on
};

struct NativeExpression {
  NativeKind kind = {};
  std::string name = {};  ///< nft's: "ct", "lookup", "meta"
};

/// Those in a rule; `expressions` is RuleShape::expressions. Any bytes will do.
[[nodiscard]] std::vector<NativeExpression> native_expressions(std::string_view expressions);

/// What becomes of a rule, worst last.
enum class Reading : std::uint8_t {
  right,
  refused,  ///< exit status 3: no rule of the table is printed behind it
  hidden,   ///< exit status 0, and not one rule of the table is printed
  changed,  ///< it comes back without a condition or without its target
};
[[nodiscard]] Reading reading_of(NativeKind kind, Version reader) noexcept;
[[nodiscard]] std::string_view describe(Reading reading) noexcept;

}  // namespace iptmode::checks
