// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "bundle/item.h"
#include "iptmode/result.h"
#include "iptmode/snapshot.h"

namespace iptmode::evidence {

struct GatherRequest {
  std::string proc_root = "/proc";
  std::string host_root = {};  ///< empty: the host's files are seen through pid 1
  std::chrono::steady_clock::time_point deadline = {};
  bool run_programs = true;  ///< false: neither journalctl nor libnftables
  std::size_t max_item_bytes = std::size_t{16} << 20U;
  /// Called before each step with what is looked at.
  std::function<void(std::string_view)> progress = {};
};

/// Reads what stands behind a snapshot: both backends' rules as text, the files of every place that
/// iptables comes from, what the kernel was built with and has loaded, settings of k0s and
/// firewalld, k0s' journal. Changes nothing, as the observation does. What cannot be had, and what
/// the time is over for, is `missing` with the reason. Fails only when not even proc_root can be
/// opened.
[[nodiscard]] Result<bundle::Evidence> gather(const Snapshot& snapshot,
                                              const GatherRequest& request);

}  // namespace iptmode::evidence
