// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

#include "diagnose/forward_policy.h"
#include "iptmode/packet_path.h"
#include "iptmode/snapshot.h"

namespace iptmode::checks {

/// A packet of a pod that this node drops or rejects.
struct LostPacket {
  const PacketQuestion* question = nullptr;
  PacketFate fate = {};
};

/// What becomes of the packets that pods of this node send out and to pods of other nodes: those
/// that are certainly lost. Empty where the rules were not read. Borrows from the snapshot.
[[nodiscard]] std::vector<LostPacket> lost_packets_of_pods(const NetworkState& network);

/// Those of them that end in the chain FORWARD of one of these tables.
[[nodiscard]] std::vector<LostPacket> packets_lost_to(const std::vector<ForwardDrop>& drops,
                                                      const NetworkState& network);

/// "a new tcp packet from a pod (10.244.3.253) to the outside (203.0.113.1): dropped by ..."
[[nodiscard]] std::string describe(const LostPacket& lost);

}  // namespace iptmode::checks
