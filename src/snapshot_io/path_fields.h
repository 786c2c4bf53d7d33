// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "iptmode/packet_path.h"
#include "snapshot_io/part.h"
#include "snapshot_io/rule_fields.h"

// What a packet can meet. The keys of each part, see fields.h.
namespace iptmode::snapshot_io {

void describe(auto& archive, PartIs<Packet> auto& packet) {
  archive("way", packet.way);
  archive("family", packet.family);
  archive("protocol", packet.protocol);
  archive("source", packet.source);
  archive("destination", packet.destination);
  archive("destinationPort", packet.destination_port);
  archive("inInterfaces", packet.in_interfaces);
  archive("outInterfaces", packet.out_interfaces);
}

void describe(auto& archive, PartIs<PacketQuestion> auto& question) {
  archive("question", question.id);
  archive("packet", question.packet);
}

void describe(auto& archive, PartIs<PlacedRule> auto& placed) {
  archive("number", placed.number);
  archive("rule", placed.rule);
}

void describe(auto& archive, PartIs<PathChain> auto& chain) {
  archive("chain", chain.name);
  archive("base", chain.base);
  archive("rules", chain.rules);
  archive("cut", chain.cut);
}

void describe(auto& archive, PartIs<PathTable> auto& table) {
  archive("backend", table.backend);
  archive("family", table.family);
  archive("table", table.name);
  archive("chains", table.chains);
}

void describe(auto& archive, PartIs<TranslatedPacket> auto& translated) {
  archive("question", translated.question);
  archive("action", translated.action);
  archive("packet", translated.packet);
}

void describe(auto& archive, PartIs<AddressSet> auto& set) {
  archive("set", set.name);
  archive("family", set.family);
  archive("members", set.members);
}

void describe(auto& archive, PartIs<PacketPath> auto& path) {
  archive("questions", path.questions);
  archive("translated", Later{path.translated});
  archive("tables", path.tables);
  archive("addressSets", Later{path.address_sets});
}

}  // namespace iptmode::snapshot_io
