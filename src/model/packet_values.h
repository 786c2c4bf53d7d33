// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

#include "model/packet_match.h"

// Values that a condition asks for against those that a packet may have.
namespace iptmode::packet {

/// By whether some and whether all of them fit.
[[nodiscard]] Truth of_all(bool some, bool all);

[[nodiscard]] Truth one_value(const Condition& condition, const std::string& value);

/// The packet has any of `values`; empty: any value at all.
[[nodiscard]] Truth any_value(const Condition& condition, const std::vector<Interval>& values);

/// Whether all of `values` lie in `any_of`, whose intervals do not touch each other.
[[nodiscard]] Truth inside_of(const std::vector<Interval>& any_of,
                              const std::vector<Interval>& values);

}  // namespace iptmode::packet
