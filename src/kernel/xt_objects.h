// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "iptmode/result.h"
#include "iptmode/rule_shape.h"

// Objects beside the tables that rules refer to: counters of nfacct(8), sets of ipset(8). The
// functions that create are only for a network namespace of our own; all work in the calling
// thread's.
namespace iptmode::kernel {

/// The numbers of the ipsets that a rule's matches and targets name. Pure.
[[nodiscard]] std::vector<std::uint16_t> ip_sets_named(std::string_view expressions);

/// The expressions with other numbers in the place of those. A number that is not in the map
/// stays. Pure.
[[nodiscard]] std::string with_ip_sets(std::string expressions,
                                       const std::map<std::uint32_t, std::uint16_t>& numbers);

/// Asks for a set's name, type, revision and family.
[[nodiscard]] Result<IpSet> read_ip_set(std::uint16_t index);

/// Creates an empty set like that one and returns its number.
[[nodiscard]] Result<std::uint16_t> create_ip_set(const IpSet& set);

[[nodiscard]] Result<> create_counter(const std::string& name);

}  // namespace iptmode::kernel
