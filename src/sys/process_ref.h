// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <sys/types.h>

#include "iptmode/component.h"
#include "iptmode/result.h"
#include "sys/unique_fd.h"

namespace iptmode::sys {

/// One process that cannot turn into another: a pidfd (pidfd_open(2), Linux 5.3) and the
/// descriptors that were opened while it was alive. All descriptors are O_CLOEXEC and owned.
struct ProcessRef {
  pid_t pid = 0;
  UniqueFd pidfd = {};
  UniqueFd proc_dir = {};  ///< O_PATH on <proc>/<pid>
  UniqueFd mount_ns = {};  ///< <proc>/<pid>/ns/mnt
  UniqueFd root = {};      ///< O_PATH on <proc>/<pid>/root: the process's own root directory
  NamespaceId mount_namespace = 0;  ///< fstat of mount_ns, not a second look at a path
};

/// Opens all of it, then verifies that the pidfd still names the process (it has not exited) and
/// that `expected_mount_namespace` (0: any) is what was opened. Errors: errc::no_such_process when
/// it is gone or has become another; errc::permission_denied, errc::operation_not_permitted.
/// `proc_root` is an O_PATH descriptor of the directory where proc is mounted; borrowed.
[[nodiscard]] Result<ProcessRef> open_process(int proc_root, pid_t pid,
                                              NamespaceId expected_mount_namespace);

}  // namespace iptmode::sys
