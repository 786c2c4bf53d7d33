// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "iptmode/rule.h"
#include "redact/address_map.h"

namespace iptmode::redact {

/// Replaces the addresses that a rule compares with, as the same addresses in its text are
/// replaced: a network stays a network, any other range is its two ends.
void map_addresses(Rule& rule, AddressMap& map);

}  // namespace iptmode::redact
