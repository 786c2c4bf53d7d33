// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "iptmode/backend.h"
#include "iptmode/rule.h"
#include "kernel/xt_decoder.h"

namespace iptmode::kernel {

// Each adds what one match demands to the rule and returns false, with the rule unchanged, when it
// cannot tell: another revision, too few bytes, an option that has no field. Pure.

// What a packet carries: xt_packet_matches.cpp.
bool decode_tcp(const Extension& match, Rule& rule);
bool decode_udp(const Extension& match, Rule& rule);
bool decode_icmp(const Extension& match, Rule& rule);  ///< and ICMPv6
bool decode_multiport(const Extension& match, Rule& rule);
bool decode_addrtype(const Extension& match, Rule& rule);
bool decode_iprange(const Extension& match, IpFamily family, Rule& rule);

// What the kernel keeps beside it: xt_state_matches.cpp.
bool decode_mark(const Extension& match, Rule& rule);
bool decode_connmark(const Extension& match, Rule& rule);
bool decode_state(const Extension& match, Rule& rule);
bool decode_conntrack(const Extension& match, Rule& rule);

// What is kept in the words of iptables-save: xt_worded_matches.cpp.
bool decode_statistic(const Extension& match, Rule& rule);
bool decode_limit(const Extension& match, Rule& rule);
bool decode_physdev(const Extension& match, Rule& rule);
bool decode_owner(const Extension& match, Rule& rule);
bool decode_rpfilter(const Extension& match, Rule& rule);
bool decode_pkttype(const Extension& match, Rule& rule);
bool decode_set(const Extension& match, Rule& rule);

/// From one number to another, in so many bytes.
[[nodiscard]] inline Interval numbers(std::uint64_t low, std::uint64_t high, std::size_t bytes) {
  return {.low = big_endian(low, bytes), .high = big_endian(high, bytes)};
}

/// A condition that is kept as iptables-save says it.
[[nodiscard]] inline Condition in_words(std::string_view match, std::string arguments) {
  return {.name = std::string{match}, .arguments = std::move(arguments)};
}

}  // namespace iptmode::kernel
