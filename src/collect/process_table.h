// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "iptmode/result.h"

namespace iptmode::collect {

/// What the kernel tells of processes. A process that has exited answers with
/// errc::no_such_file_or_directory or errc::no_such_process.
class ProcessTable {
 public:
  virtual ~ProcessTable() = default;

  /// Every process that can be seen, in no order.
  [[nodiscard]] virtual Result<std::vector<pid_t>> pids() = 0;
  /// A file of the process: "comm", "cmdline", "status", "cgroup", "environ". A "comm" has no
  /// newline at its end.
  [[nodiscard]] virtual Result<std::string> read(pid_t pid, const char* file) = 0;
  /// Target of a link of the process: "exe", "ns/net", "root".
  [[nodiscard]] virtual Result<std::string> link(pid_t pid, const char* name) = 0;
};

/// Whether the error means that the process is gone: no gap, it is left out.
[[nodiscard]] bool has_exited(const Error& error);

}  // namespace iptmode::collect
