// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <optional>

#include "iptmode/result.h"
#include "sys/unique_fd.h"

namespace iptmode::sys {

/// A forked child that is awaited and ended through its pidfd, never longer than asked.
///
/// Ending it needs no CAP_KILL as long as its real or saved user id is the caller's effective one
/// (kill(2)). A child that changes both must be ended by somebody who may: see probe/sandbox.h.
class ChildProcess {
 public:
  /// Forks; the result of `body` is the child's exit status. `body` runs on a copy of this process
  /// and never returns into it. For a single-threaded program.
  [[nodiscard]] static Result<ChildProcess> start(const std::function<int()>& body);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();  ///< as end(), with a grace of 200 ms

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  [[nodiscard]] int pidfd() const noexcept { return pidfd_.get(); }

  /// Its wait status (wait(2)) once it has ended. Waits at most `patience`.
  [[nodiscard]] std::optional<int> reap(std::chrono::milliseconds patience = {}) noexcept;

  /// SIGKILL, then reaps for at most `grace`. Returns false when it does not end: a task that waits
  /// in the kernel for a file system that does not answer is out of SIGKILL's reach. It is then
  /// forgotten, and init inherits it when this process ends.
  bool end(std::chrono::milliseconds grace) noexcept;

 private:
  ChildProcess(pid_t pid, UniqueFd pidfd) noexcept : pid_{pid}, pidfd_{std::move(pidfd)} {}
  pid_t pid_ = 0;  ///< 0 once there is nothing left to reap
  UniqueFd pidfd_;
};

}  // namespace iptmode::sys
