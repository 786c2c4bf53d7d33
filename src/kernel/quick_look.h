// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "iptmode/packet_path.h"

struct ip6t_entry;
struct ipt_entry;

namespace iptmode::kernel {

/// Whether a rule of a table of one family (NFPROTO_IPV4, NFPROTO_IPV6) certainly leaves all these
/// packets alone, seen from the destination address and port that it compares alone: most rules of
/// a large node are about one Service each. `expressions` is the payload of NFTA_RULE_EXPRESSIONS.
/// Allocates nothing. Pure.
[[nodiscard]] bool is_for_another_destination(std::string_view expressions, std::uint8_t family,
                                              const std::vector<const Packet*>& packets);

/// The same of a legacy rule. The entry is whole, with its matches.
[[nodiscard]] bool is_for_another_destination(const ipt_entry& entry,
                                              const std::vector<const Packet*>& packets);
[[nodiscard]] bool is_for_another_destination(const ip6t_entry& entry,
                                              const std::vector<const Packet*>& packets);

}  // namespace iptmode::kernel
