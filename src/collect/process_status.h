// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

#include "iptmode/component.h"
#include "iptmode/result.h"

namespace iptmode::collect {

/// The effective capabilities of a process, as a bit set: line CapEff of /proc/<pid>/status.
[[nodiscard]] Result<std::uint64_t> parse_effective_capabilities(std::string_view status);

/// Whether the set holds CAP_NET_ADMIN, without which nobody writes a firewall rule.
[[nodiscard]] bool has_net_admin(std::uint64_t capabilities);

/// The inode number in a namespace link: "net:[4026531840]" with `type` "net".
[[nodiscard]] Result<NamespaceId> parse_namespace_link(std::string_view type,
                                                       std::string_view target);

}  // namespace iptmode::collect
