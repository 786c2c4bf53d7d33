// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <sys/types.h>

#include <array>
#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "iptmode/kernel_state.h"
#include "iptmode/result.h"
#include "kernel/legacy_tables.h"

namespace iptmode::kernel {

struct LegacyRequest {
  int proc_root = -1;  ///< borrowed
  pid_t witness = 1;   ///< lives in the calling thread's network namespace
  std::chrono::steady_clock::time_point deadline = {};
  std::function<void()> idle = {};  ///< called between tables
  LegacyPathRequest path = {};
};

struct LegacyState {
  std::vector<LegacyTable> tables = {};  ///< sorted by family, name
  std::array<HintChains, 2> hints = {};  ///< [family]
  std::vector<PathTable> path = {};
  /// What could not be read: "table nat, legacy, ipv4" and why.
  std::vector<std::pair<std::string, Error>> failures = {};
};

/// Reads the legacy tables of both families that <proc>/<witness>/net lists, and no other.
[[nodiscard]] LegacyState read_legacy(const LegacyRequest& request, const KernelSupport& support);

}  // namespace iptmode::kernel
