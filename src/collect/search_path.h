// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace iptmode::collect {

/// Where a process looks for a program: its own PATH, then the directories in which images keep
/// iptables whatever PATH says (/usr/sbin, /sbin, /usr/bin, /bin). Each directory once. Entries
/// that are not absolute are left out: they depend on a working directory. At most 32 entries,
/// because the process chose them.
[[nodiscard]] std::vector<std::string> component_search_path(
    const std::optional<std::string>& path_variable);

/// The PATH of a root login on the host (login.defs(5), systemd's built-in one).
[[nodiscard]] std::vector<std::string> host_search_path();

}  // namespace iptmode::collect
