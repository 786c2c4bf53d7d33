// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

#include "iptmode/kernel_state.h"

namespace iptmode::kernel {

/// As read_kernel_support(), for a kernel release that is given (uname -r) instead of asked for.
[[nodiscard]] KernelSupport read_support_of(int proc_root, int host_root,
                                            const std::string& release);

/// Whether this kernel cannot load modules: what is not built in can never come.
[[nodiscard]] bool is_monolithic(int proc_root);

}  // namespace iptmode::kernel
