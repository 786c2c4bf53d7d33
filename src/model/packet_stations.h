// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "iptmode/packet_path.h"

namespace iptmode::packet {

/// A base chain that packets of a family pass.
struct Station {
  const PathTable* table = nullptr;
  const PathChain* chain = nullptr;
  std::string_view hook = {};
  std::int32_t priority = 0;   ///< when the kernel calls it
  std::int32_t among_nat = 0;  ///< its place in the list of nat chains
  bool nat = false;
};

/// In the order in which a packet comes to them: by hook, then by priority. `path` outlives it.
[[nodiscard]] std::vector<Station> stations_of(const PacketPath& path, IpFamily family);

/// Behind the last station of the hook and priority at `begin`: their order is not known.
[[nodiscard]] std::size_t end_of_group(const std::vector<Station>& stations, std::size_t begin);

/// Whether packets on this way pass the hook.
[[nodiscard]] bool passes(Packet::Way way, std::string_view hook);

/// Whether only packets of some devices come to it.
[[nodiscard]] bool is_of_devices(const Station& station);

/// Whether the packet comes by one of them. One of another link may: a bond or a VLAN is above it.
[[nodiscard]] bool is_met_for_certain(const Station& station, const Packet& packet);

/// "nf_tables ip filter INPUT", "legacy ip6 filter INPUT".
[[nodiscard]] std::string chain_words(const PathTable& table, std::string_view chain);

}  // namespace iptmode::packet
