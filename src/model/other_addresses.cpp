// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/other_addresses.h"

#include <algorithm>
#include <string>
#include <utility>

#include "iptmode/intervals.h"
#include "iptmode/node_questions.h"

namespace iptmode {
namespace {

Interval range(std::string_view first, std::string_view last) {
  return {.low = parse_address(first).value_or(""), .high = parse_address(last).value_or("")};
}

std::vector<Interval> without(const std::vector<Interval>& all, const AddressRange& hole) {
  std::vector<Interval> left;
  for (const Interval& part : all) {
    if (hole.low.size() != part.low.size() || hole.high < part.low || part.high < hole.low) {
      left.push_back(part);
      continue;
    }
    if (part.low < hole.low) left.push_back({.low = part.low, .high = *previous_value(hole.low)});
    if (hole.high < part.high) left.push_back({.low = *next_value(hole.high), .high = part.high});
  }
  return left;
}

/// `address` is in one of `ranges`, and of its family.
bool is_in(const std::string& address, const std::vector<Interval>& ranges) {
  return std::any_of(ranges.begin(), ranges.end(), [&](const Interval& range) {
    return range.low.size() == address.size() && range.low <= address && address <= range.high;
  });
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

std::vector<Interval> calico_peers(const std::vector<NetworkLink>& links, std::uint16_t port,
                                   const std::vector<Interval>& among) {
  std::vector<Interval> peers;
  for (const NetworkLink& link : links) {
    if (!is_calicos_vxlan(link) || link.port != port || !link.peers) continue;
    for (const std::string& peer : *link.peers)
      if (const auto bytes = parse_address(peer); bytes && is_in(*bytes, among))
        peers.push_back({.low = *bytes, .high = *bytes});
  }
  return in_normal_form(std::move(peers));
}

}  // namespace iptmode
