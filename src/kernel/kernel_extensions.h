// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <vector>

#include "iptmode/kernel_state.h"

namespace iptmode::kernel {

class KernelFiles;

/// Every part of xtables that Kubernetes' and its network plugins' rules name, and whether this
/// kernel has it: loaded, built in or loadable. Loads nothing. Sorted by module.
[[nodiscard]] std::vector<KernelExtension> read_extensions(KernelFiles& files);

}  // namespace iptmode::kernel
