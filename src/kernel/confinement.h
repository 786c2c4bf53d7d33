// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <sys/resource.h>

#include <cstdint>

namespace iptmode::kernel {

/// What a child of ours that runs a library or a program of the host may keep and take.
struct Confinement {
  rlim_t memory_bytes = rlim_t{512} << 20U;  ///< of address space, all libraries included
  rlim_t cpu_seconds = 10;
  bool net_admin = false;  ///< keeps CAP_NET_ADMIN, and no other capability; else none
};

/// The descriptor that the child's answer goes to, once it is confined. 0, 1 and 2 are /dev/null.
inline constexpr int kAnswerFd = 3;

/// For a child only: dies with its parent, has a session of its own, `answer` as kAnswerFd and no
/// other descriptor, limits, no way to new privileges. False when one step failed: nothing else
/// must be done then.
[[nodiscard]] bool confine(int answer, const Confinement& confinement);

}  // namespace iptmode::kernel
