// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "collect/process_table.h"
#include "sys/unique_fd.h"

namespace iptmode::collect {

/// The process table behind a directory where proc is mounted, or a tree that looks like one.
/// Reads only; comm costs one openat, one read and one close.
class ProcDirectory final : public ProcessTable {
 public:
  [[nodiscard]] static Result<ProcDirectory> open(const std::string& path);
  explicit ProcDirectory(sys::UniqueFd directory) noexcept : directory_{std::move(directory)} {}

  [[nodiscard]] Result<std::vector<pid_t>> pids() override;
  [[nodiscard]] Result<std::string> read(pid_t pid, const char* file) override;
  [[nodiscard]] Result<std::string> link(pid_t pid, const char* name) override;

  /// The number of this process in there, which is not getpid() where another pid namespace's proc
  /// is mounted.
  [[nodiscard]] Result<pid_t> own_pid() const;
  [[nodiscard]] int fd() const noexcept { return directory_.get(); }

 private:
  sys::UniqueFd directory_;
};

}  // namespace iptmode::collect
