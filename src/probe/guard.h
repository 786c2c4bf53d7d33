// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <sys/types.h>

#include "probe/sandbox_step.h"

namespace iptmode::probe {

/// What the outer process of a sandbox needs once the inner one is born.
struct GuardPlan {
  int status = -1;  ///< StatusNotes go there
  int leash = -1;   ///< eventfd: readable when the inner process is to end
  int start = -1;   ///< a byte into it lets the inner process begin
  uid_t inner_uid = 0;
  pid_t parent = 0;  ///< whose end is this process' end
};

/// Gives up what it does not need to wait, and lets the inner process begin. Keeps root as its real
/// and saved user id, so that the auditor may end it, and takes the inner one's as its effective
/// id: without that neither its kill(2) nor the parent-death signal that the kernel sends in its
/// name reaches a process of another user, for it has no CAP_KILL. Returns 0, or -1 with errno.
[[nodiscard]] int become_guard(const GuardPlan& plan) noexcept;

/// Waits for the inner process, or ends it when told to, and reports how it ended.
void guard_inner(const GuardPlan& plan, pid_t inner) noexcept;

void send_note(int status, const StatusNote& note) noexcept;

}  // namespace iptmode::probe
