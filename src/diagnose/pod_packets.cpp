// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnose/pod_packets.h"

#include <algorithm>

#include <fmt/format.h>

#include "iptmode/address.h"
#include "iptmode/node_questions.h"

namespace iptmode::checks {

std::vector<LostPacket> lost_packets_of_pods(const NetworkState& network) {
  std::vector<LostPacket> lost;
  if (!network.packet_path) return lost;
  for (const PacketQuestion& question : network.packet_path->questions) {
    if (question.packet.way != Packet::Way::forward) continue;
    PacketFate fate = evaluate(*network.packet_path, question);
    if (fate.kind == PacketFate::Kind::dropped || fate.kind == PacketFate::Kind::rejected)
      lost.push_back({.question = &question, .fate = std::move(fate)});
  }
  return lost;
}

std::vector<LostPacket> packets_lost_to(const std::vector<ForwardDrop>& drops,
                                        const NetworkState& network) {
  std::vector<LostPacket> lost = lost_packets_of_pods(network);
  std::erase_if(lost, [&](const LostPacket& packet) {
    return std::ranges::none_of(drops, [&](const ForwardDrop& drop) {
      return drop.backend == packet.fate.backend && packet.fate.table == "filter" &&
             packet.fate.chain == "FORWARD" && drop.family == packet.question->packet.family;
    });
  });
  return lost;
}

std::string describe(const LostPacket& lost) {
  const Packet& packet = lost.question->packet;
  return fmt::format("a new tcp packet from a pod ({}) {} ({}): {} by {}",
                     address_text(packet.source.front().low),
                     lost.question->id == kPodToPod ? "to a pod of another node" : "to the outside",
                     address_text(packet.destination.front().low), to_string(lost.fate.kind),
                     lost.fate.decided_by);
}

}  // namespace iptmode::checks
