// SPDX-License-Identifier: GPL-2.0-or-later
#include "redact/address_intervals.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>

#include "iptmode/intervals.h"

namespace iptmode::redact {

namespace {

constexpr std::size_t kByteBits = 8;

bool is_of_addresses(const Interval& interval) {
  const std::size_t size = interval.low.size();
  return (size == 4 || size == 16) && interval.high.size() == size && interval.low <= interval.high;
}

std::string inverted(std::string bytes) {
  for (char& byte : bytes) byte = static_cast<char>(~static_cast<unsigned char>(byte));
  return bytes;
}

/// `address` with all bits behind the prefix one.
std::string last_of_network(const std::string& address, std::size_t prefix_bits) {
  return inverted(network_part(inverted(address), prefix_bits));
}

/// The prefix of the widest network that begins with `low` and ends not behind `high`.
std::size_t widest_prefix(const std::string& low, const std::string& high) {
  std::size_t bits = low.size() * kByteBits;
  while (bits > 0 && network_part(low, bits - 1) == low && last_of_network(low, bits - 1) <= high)
    --bits;
  return bits;
}

/// Network by network: only of a network all addresses have neighbours for images.
void map_interval(const Interval& interval, AddressMap& map, std::vector<Interval>& images) {
  for (std::optional<std::string> low = interval.low; low && *low <= interval.high;) {
    const std::size_t prefix = widest_prefix(*low, interval.high);
    std::string image = map.network(*low, prefix);
    std::string image_end = last_of_network(image, prefix);
    images.push_back({.low = std::move(image), .high = std::move(image_end)});
    low = next_value(last_of_network(*low, prefix));
  }
}

}  // namespace

std::vector<Interval> mapped(const std::vector<Interval>& intervals, AddressMap& map) {
  std::vector<Interval> images;
  for (const Interval& interval : intervals)
    if (is_of_addresses(interval))
      map_interval(interval, map, images);
    else
      images.push_back(interval);
  return in_normal_form(std::move(images));
}

void map_addresses(Rule& rule, AddressMap& map) {
  for (Condition& condition : rule.conditions) {
    if (condition.field != Field::source && condition.field != Field::destination) continue;
    if (condition.mask.empty())
      condition.any_of = mapped(condition.any_of, map);
    else
      condition = {.negated = condition.negated, .name = "address", .decoded = false};
  }
}

void map_addresses(Packet& packet, AddressMap& map) {
  packet.source = mapped(packet.source, map);
  packet.destination = mapped(packet.destination, map);
}

}  // namespace iptmode::redact
