// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

#include "iptmode/diagnose.h"
#include "iptmode/snapshot.h"

namespace iptmode::report {

/// The facts an operator would call a change when they differ, one a line, sorted, without doubles:
/// no pids, namespace numbers, counters, handles, rule counts or times.
[[nodiscard]] std::string stable_state(const Snapshot& snapshot,
                                       const std::vector<CheckResult>& checks);

/// SHA-256 of stable_state() in hex.
[[nodiscard]] std::string fingerprint(const Snapshot& snapshot,
                                      const std::vector<CheckResult>& checks);

}  // namespace iptmode::report
