// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string_view>

#include "probe/privileges.h"

namespace iptmode::probe {

/// Which id of ours is id 0 of the other user namespace, from the text of uid_map or gid_map
/// (user_namespaces(7)): "         0     100000      65536". Nothing if it has no id 0.
[[nodiscard]] std::optional<uid_t> outer_root_id(std::string_view map) noexcept;

/// The user that a process' user namespace calls root; 0 outside of user namespaces. `proc_dir` is
/// a descriptor of /proc/<pid>. Nothing when it cannot be read, or is not mapped.
[[nodiscard]] std::optional<Account> root_of_user_namespace(int proc_dir);

}  // namespace iptmode::probe
