// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <vector>

#include "iptmode/packet_path.h"
#include "redact/address_map.h"

namespace iptmode::redact {

// Addresses that are compared as bytes. They are replaced as the same addresses in texts are: an
// address is inside afterwards if it was before.

/// The intervals of one or more addresses, in normal form: sorted, without neighbours. Others than
/// of 4 or 16 bytes stay as they are.
[[nodiscard]] std::vector<Interval> mapped(const std::vector<Interval>& intervals, AddressMap& map);

/// What the rule compares addresses with. A comparison under a mask that is no prefix has no such
/// image: what it demands is not known any more.
void map_addresses(Rule& rule, AddressMap& map);
void map_addresses(Packet& packet, AddressMap& map);

}  // namespace iptmode::redact
