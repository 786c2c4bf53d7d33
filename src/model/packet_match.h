// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "iptmode/packet_path.h"

namespace iptmode::packet {

/// Whether a packet meets a condition: all packets that fit the question do, none does, or it
/// depends.
enum class Truth : std::uint8_t { no, maybe, yes };

constexpr Truth inverse(Truth truth) {
  return truth == Truth::maybe ? Truth::maybe : truth == Truth::yes ? Truth::no : Truth::yes;
}

// Conntrack states, see Field::conntrack_state.
inline constexpr std::uint32_t kInvalid = 1;
inline constexpr std::uint32_t kNew = 8;
inline constexpr std::uint32_t kUntracked = 64;

/// A number of which some bits are not known.
struct PartlyKnown {
  std::uint32_t value = 0;  ///< 0 at the unknown bits
  std::uint32_t unknown = 0;
  bool operator==(const PartlyKnown&) const = default;
};

/// What a packet shows at one place of its way, besides what the question says.
struct Sight {
  const Packet* packet = nullptr;
  const std::vector<AddressSet>* address_sets = nullptr;  ///< those that are known
  PartlyKnown mark = {};
  PartlyKnown conntrack_mark = {};
  std::vector<std::uint32_t> states = {};  ///< one of these bits; see Field::conntrack_state
  /// Where it goes out, if that is not what `packet` says.
  const std::vector<std::string>* out_interfaces = nullptr;
  bool has_in_interface = true;
  bool has_out_interface = true;
  bool may_lack_in = false;           ///< it has none at some of the places that are meant
  bool may_lack_out = false;          ///< the same
  bool source_hidden = false;         ///< its source is another by now
  Truth destination_new = Truth::no;  ///< its destination is not that it was sent to
};

[[nodiscard]] Truth meets(const Sight& sight, const Condition& condition);
[[nodiscard]] Truth meets(const Sight& sight, const Rule& rule);

}  // namespace iptmode::packet
