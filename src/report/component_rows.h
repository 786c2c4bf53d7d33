// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <vector>

#include "iptmode/report.h"
#include "report/table.h"

namespace iptmode::report {

/// The node's own components: name, pid, what it was told, path of its iptables, version, backend,
/// what it has in the kernel. Escaped.
[[nodiscard]] std::vector<Row> component_rows(const Report& report);

/// Backend, owner, chains, rules, tables. Escaped; where a backend was not read or holds nothing,
/// the owner's cell says so and the others are empty.
[[nodiscard]] std::vector<Row> kernel_rows(const NetworkState& network,
                                           const KernelSupport& support);

}  // namespace iptmode::report
