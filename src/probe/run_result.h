// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <string>

#include "iptmode/installation.h"
#include "iptmode/result.h"
#include "probe/sandbox.h"

namespace iptmode::probe {

/// What a run of `<multi> iptables -V` told: what it said of itself, or why it said nothing.
struct RunResult {
  std::optional<Identity> identity = {};
  std::string problem = {};  ///< "timed out after 2 s", "signal 11", "exit status 1: <first line>"
};

[[nodiscard]] RunResult interpret_run(const SandboxOutcome& outcome,
                                      std::chrono::milliseconds timeout);

/// The answer of a reader, or which step failed and how it ended otherwise.
[[nodiscard]] Result<std::string> interpret_reading(const SandboxOutcome& outcome,
                                                    std::chrono::milliseconds timeout);

}  // namespace iptmode::probe
