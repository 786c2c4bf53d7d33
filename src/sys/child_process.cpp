// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/child_process.h"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "sys/file.h"

namespace iptmode::sys {
namespace {

/// An exception must not unwind into the parent's code: noexcept ends the child instead.
[[noreturn]] void run_and_exit(const std::function<int()>& body) noexcept {
  ::_exit(body());
}

}  // namespace

Result<ChildProcess> ChildProcess::start(const std::function<int()>& body) {
  // An inherited SIG_IGN would let the kernel reap children by itself and give their pids away.
  if (::signal(SIGCHLD, SIG_DFL) == SIG_ERR) return sys_error(errno, "signal");
  const pid_t pid = ::fork();
  if (pid == 0) run_and_exit(body);
  if (pid < 0) return sys_error(errno, "fork");
  ChildProcess child{pid, UniqueFd{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))}};
  if (child.pidfd_) return child;
  const int errnum = errno;
  // Not reaped yet, so the number is still this child's; and it has only just been born.
  ::kill(pid, SIGKILL);
  retry_eintr([&] { return ::waitpid(pid, nullptr, 0); });
  child.pid_ = 0;
  return sys_error(errnum, "pidfd_open", "child");
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_{std::exchange(other.pid_, 0)}, pidfd_{std::move(other.pidfd_)} {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  if (this == &other) return *this;
  end(std::chrono::milliseconds{200});
  pid_ = std::exchange(other.pid_, 0);
  pidfd_ = std::move(other.pidfd_);
  return *this;
}

ChildProcess::~ChildProcess() {
  end(std::chrono::milliseconds{200});
}

std::optional<int> ChildProcess::reap(std::chrono::milliseconds patience) noexcept {
  if (pid_ == 0) return std::nullopt;
  pollfd entry{.fd = pidfd_.get(), .events = POLLIN, .revents = 0};
  const int ready =
      retry_eintr([&] { return ::poll(&entry, 1, static_cast<int>(patience.count())); });
  if (ready <= 0) return std::nullopt;
  int status = 0;
  if (retry_eintr([&] { return ::waitpid(pid_, &status, WNOHANG); }) != pid_) return std::nullopt;
  pid_ = 0;
  return status;
}

bool ChildProcess::end(std::chrono::milliseconds grace) noexcept {
  if (pid_ == 0) return true;
  ::syscall(SYS_pidfd_send_signal, pidfd_.get(), SIGKILL, nullptr, 0);
  const bool ended = reap(grace).has_value();
  pid_ = 0;
  return ended;
}

}  // namespace iptmode::sys
