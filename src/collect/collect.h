// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "iptmode/result.h"
#include "iptmode/snapshot.h"

namespace iptmode::collect {

/// Whether every iptables on the node is asked to read the rules that are there.
enum class CrossReadWhen : std::uint8_t {
  never,
  when_they_differ,  ///< two readers, or a reader and a writer, are of different read classes
  always,
};

/// What the command line says about where and how to look.
struct CollectOptions {
  std::string proc_root = "/proc";
  std::string host_root = {};  ///< empty: the host's files are seen through pid 1
  std::string data_dir = {};   ///< empty: found, see K0s::found_by
  std::string status_socket = "/run/k0s/status.sock";
  bool run_programs = true;  ///< false: --no-exec; nothing is cross-read either
  CrossReadWhen cross_read = CrossReadWhen::when_they_differ;
  std::chrono::milliseconds timeout{30000};  ///< for the whole collection
  std::string tool_version = {};
  std::vector<std::string> missing_capabilities = {};  ///< become gaps
};

/// Observes this node. Never throws for what it cannot see: that is a gap. Fails only when not even
/// proc_root can be opened.
[[nodiscard]] Result<Snapshot> collect(const CollectOptions& options);

}  // namespace iptmode::collect
