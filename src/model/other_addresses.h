// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <vector>

#include "iptmode/address.h"
#include "iptmode/packet_path.h"

namespace iptmode {

/// Addresses that a packet from or to another machine can have, but for those in `except` (those of
/// the other family in it do not matter). In ascending order.
[[nodiscard]] std::vector<Interval> other_addresses(IpFamily family,
                                                    const std::vector<AddressRange>& except);

}  // namespace iptmode
