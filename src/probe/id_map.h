// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "iptmode/result.h"
#include "probe/privileges.h"

namespace iptmode::probe {

/// Which id of ours is id 0 of the other user namespace, from the text of uid_map or gid_map
/// (user_namespaces(7)): "         0     100000      65536". Nothing if it has no id 0.
[[nodiscard]] std::optional<uid_t> outer_root_id(std::string_view map) noexcept;

/// The text of a map for a user namespace in which `inner` are valid ids and stand for nobody: each
/// is mapped to an id outside that no sane system gives to a user, in the same order. At most 340
/// lines, the kernel's limit; the rest has no id. `inner` is sorted, without doubles. Pure.
[[nodiscard]] std::string map_to_nobody(std::span<const std::uint32_t> inner);

/// Writes a map, "uid_map" or "gid_map", of another process' user namespace. Once for each. Needs
/// CAP_SYS_ADMIN and CAP_SETUID or CAP_SETGID outside of it.
[[nodiscard]] Result<> write_id_map(pid_t process, const char* file, std::string_view map);

/// The user that a process' user namespace calls root; 0 outside of user namespaces. `proc_dir` is
/// a descriptor of /proc/<pid>. Nothing when it cannot be read, or is not mapped.
[[nodiscard]] std::optional<Account> root_of_user_namespace(int proc_dir);

}  // namespace iptmode::probe
