// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "iptmode/result.h"

namespace iptmode::probe {

/// One mount of /proc/<pid>/mountinfo, as far as a remount needs it.
struct MountLine {
  std::string path = {};    ///< mount point as the kernel means it: octal escapes undone
  unsigned long flags = 0;  ///< MS_NOEXEC, MS_NOSYMFOLLOW: restrictions to keep
};

/// The lines of mountinfo (proc_pid_mountinfo(5)). A line that is not one is a parse_error: a mount
/// that was not understood would stay writable.
[[nodiscard]] Result<std::vector<MountLine>> parse_mountinfo(std::string_view text);

/// Makes every mount of this process' namespace private, then read-only, nosuid and nodev; for a
/// namespace that is this process' own copy. Both return 0, or -1 with errno.
[[nodiscard]] int make_mounts_private() noexcept;

/// `host_proc` is a descriptor of the directory where proc is mounted, opened before the container
/// was entered: in the container's own /proc, `self` is nobody. Used where mount_setattr(2) (Linux
/// 5.12) is missing, or `without_mount_setattr` says to act as if.
[[nodiscard]] int make_mounts_read_only(int host_proc, bool without_mount_setattr) noexcept;

}  // namespace iptmode::probe
