// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "iptmode/result.h"
#include "iptmode/rule.h"
#include "iptmode/rule_shape.h"

namespace iptmode::kernel {

/// A set with more members than these is not read: on a node one for a policy has dozens.
inline constexpr std::size_t kMaxSetMembers = 4096;

/// Whether the members are addresses or networks and nothing else: hash:ip, hash:net, bitmap:ip.
[[nodiscard]] bool is_of_addresses(const IpSet& set);

/// The members of such a set of the calling thread's network namespace, sorted, neighbours joined.
/// errc::file_too_large for too many, errc::not_supported for a set whose members say not all: with
/// exceptions ("nomatch") or a mask of its own. Changes nothing.
[[nodiscard]] Result<std::vector<Interval>> read_members(const IpSet& set);

/// Adds those in one answer of IPSET_CMD_LIST. The same errors. Pure.
[[nodiscard]] Result<> add_members(std::string_view attributes, std::vector<Interval>& members);

}  // namespace iptmode::kernel
