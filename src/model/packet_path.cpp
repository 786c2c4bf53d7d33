// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/packet_path.h"

namespace iptmode {

std::string_view to_string(Packet::Way way) noexcept {
  switch (way) {
    case Packet::Way::input: return "input";
    case Packet::Way::output: return "output";
    case Packet::Way::forward: return "forward";
  }
  return "invalid";
}

std::string_view to_string(PacketFate::Kind kind) noexcept {
  switch (kind) {
    case PacketFate::Kind::accepted: return "accepted";
    case PacketFate::Kind::dropped: return "dropped";
    case PacketFate::Kind::rejected: return "rejected";
    case PacketFate::Kind::undecidable: return "undecidable";
  }
  return "invalid";
}

}  // namespace iptmode
