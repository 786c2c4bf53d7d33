// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <sys/types.h>

#include "probe/sandbox.h"
#include "probe/seccomp_filter.h"

namespace iptmode::probe {

/// The descriptors of the child's side. Owned by the parent until it has forked.
struct SandboxPipes {
  int status = -1;  ///< write end
  int output = -1;  ///< write end
  int errors = -1;  ///< write end; -1: they go where the output goes
  int leash = -1;   ///< eventfd
};

/// The guard's whole life; its result is its exit status. Only for a freshly forked process:
/// changes its namespaces, root and user for good.
[[nodiscard]] int run_sandbox(const SandboxPlan& plan, const SeccompFilter& filter,
                              const SandboxPipes& pipes, pid_t parent);

}  // namespace iptmode::probe
