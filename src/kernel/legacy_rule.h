// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

#include <string_view>

#include "iptmode/rule.h"

namespace iptmode::kernel {

/// What a rule of a legacy table says. `entry` is whole: next_offset bytes long. `target` is its
/// target as libiptc names it: a verdict, a chain, an extension.
[[nodiscard]] Rule decode_legacy_rule(const ipt_entry* entry, std::string_view target);
[[nodiscard]] Rule decode_legacy_rule(const ip6t_entry* entry, std::string_view target);

}  // namespace iptmode::kernel
