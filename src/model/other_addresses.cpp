// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/other_addresses.h"

#include <string>
#include <utility>

namespace iptmode {
namespace {

Interval range(std::string_view first, std::string_view last) {
  return {.low = parse_address(first).value_or(""), .high = parse_address(last).value_or("")};
}

/// The address before; there is one.
std::string before(std::string bytes) {
  for (std::size_t i = bytes.size(); i-- > 0;)
    if (bytes[i]-- != '\0') break;
  return bytes;
}

/// The address behind; there is one.
std::string behind(std::string bytes) {
  for (std::size_t i = bytes.size(); i-- > 0;)
    if (++bytes[i] != '\0') break;
  return bytes;
}

std::vector<Interval> without(const std::vector<Interval>& all, const AddressRange& hole) {
  std::vector<Interval> left;
  for (const Interval& part : all) {
    if (hole.low.size() != part.low.size() || hole.high < part.low || part.high < hole.low) {
      left.push_back(part);
      continue;
    }
    if (part.low < hole.low) left.push_back({.low = part.low, .high = before(hole.low)});
    if (hole.high < part.high) left.push_back({.low = behind(hole.high), .high = part.high});
  }
  return left;
}

}  // namespace

std::vector<Interval> other_addresses(IpFamily family, const std::vector<AddressRange>& except) {
  std::vector<Interval> all;
  if (family == IpFamily::ipv4)
    all = {range("1.0.0.0", "126.255.255.255"), range("128.0.0.0", "223.255.255.255")};
  else  // global unicast and unique local addresses (RFC 4291, RFC 4193)
    all = {range("2000::", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
           range("fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")};
  for (const AddressRange& hole : except) all = without(all, hole);
  return all;
}

}  // namespace iptmode
