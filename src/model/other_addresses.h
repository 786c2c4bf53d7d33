// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "iptmode/address.h"
#include "iptmode/node_networks.h"
#include "iptmode/packet_path.h"

namespace iptmode {

/// Addresses that a packet from or to another machine can have, but for those in `except` (those of
/// the other family in it do not matter). In ascending order.
[[nodiscard]] std::vector<Interval> other_addresses(IpFamily family,
                                                    const std::vector<AddressRange>& except);

/// The nodes that Calico's vxlan interfaces of that port send to and that are in `among`, of whose
/// family they are then. In ascending order, neighbours joined. Empty: none is known.
[[nodiscard]] std::vector<Interval> calico_peers(const std::vector<NetworkLink>& links,
                                                 std::uint16_t port,
                                                 const std::vector<Interval>& among);

}  // namespace iptmode
