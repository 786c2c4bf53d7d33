// SPDX-License-Identifier: GPL-2.0-or-later
#include "redact/rule_addresses.h"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace iptmode::redact {

namespace {

bool is_address(const std::string& bytes) {
  return bytes.size() == 4 || bytes.size() == 16;
}

std::string inverted(std::string bytes) {
  for (char& byte : bytes) byte = static_cast<char>(~static_cast<unsigned char>(byte));
  return bytes;
}

/// `address` with all bits behind the prefix one.
std::string last_of_network(const std::string& address, std::size_t prefix_bits) {
  return inverted(network_part(inverted(address), prefix_bits));
}

/// The prefix length of the network that an interval is, if it is one.
std::optional<std::size_t> prefix_of(const Interval& interval) {
  for (std::size_t bits = 0; bits <= interval.low.size() * 8; ++bits)
    if (network_part(interval.low, bits) == interval.low &&
        last_of_network(interval.low, bits) == interval.high)
      return bits;
  return std::nullopt;
}

Interval mapped(const Interval& interval, AddressMap& map) {
  const auto prefix = prefix_of(interval);
  if (!prefix) return {.low = map(interval.low), .high = map(interval.high)};
  const std::string network = map.network(interval.low, *prefix);
  return {.low = network, .high = last_of_network(network, *prefix)};
}

}  // namespace

void map_addresses(Rule& rule, AddressMap& map) {
  for (Condition& condition : rule.conditions) {
    if (condition.field != Field::source && condition.field != Field::destination) continue;
    for (Interval& interval : condition.any_of) {
      if (!is_address(interval.low) || !is_address(interval.high)) continue;
      interval = mapped(interval, map);
    }
    std::ranges::sort(condition.any_of, {}, &Interval::low);
  }
}

}  // namespace iptmode::redact
