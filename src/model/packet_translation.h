// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "iptmode/packet_path.h"

namespace iptmode::packet {

/// Where DNAT or REDIRECT sends a packet.
struct NewDestination {
  std::optional<Interval> addresses = {};  ///< absent: as before, of REDIRECT the node itself
  std::optional<Interval> ports = {};      ///< absent: as before
};

[[nodiscard]] bool changes_destination(const Action& action);

/// Nothing for what is not decoded.
[[nodiscard]] std::optional<NewDestination> new_destination(const Action& action);

/// Whether a rule of an inet table that names an address leaves packets of the family alone
/// (nft_nat_inet_eval() of net/netfilter/nft_nat.c).
[[nodiscard]] bool is_for_another_family(const NewDestination& destination, IpFamily family);

/// TranslatedPacket::action.
[[nodiscard]] std::string translation_words(const Action& action);

}  // namespace iptmode::packet
