// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <span>
#include <string_view>

#include "iptmode/cross_reading.h"
#include "probe/sandbox.h"

namespace iptmode::cross_reading {

/// What a run of iptables-save came to. `tables` are those that it should have printed.
[[nodiscard]] SaveRun save_run_of(const probe::SandboxOutcome& outcome,
                                  std::span<const std::string_view> tables);

/// "setns mnt: Operation not permitted", "signal 11", "exit status 3: Parsing nftables rule
/// failed"; empty when it exited with 0 in time.
[[nodiscard]] std::string describe_end(const probe::SandboxOutcome& outcome);

}  // namespace iptmode::cross_reading
