// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <sys/types.h>

#include "iptmode/listeners.h"
#include "iptmode/result.h"

namespace iptmode::kernel {

/// Reads the default routes and the listening sockets of the network namespace of `witness`, from
/// <proc>/<witness>/net. IPv6 may be switched off. Changes nothing.
[[nodiscard]] Result<Doors> read_doors(int proc_root, pid_t witness);

}  // namespace iptmode::kernel
