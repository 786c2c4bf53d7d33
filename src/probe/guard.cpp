// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/guard.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>

#include "probe/descriptors.h"
#include "probe/privileges.h"
#include "sys/file.h"

namespace iptmode::probe {
namespace {

constexpr std::chrono::milliseconds kInnerGrace{150};  // from SIGKILL to its end

}  // namespace

void send_note(int status, const StatusNote& note) noexcept {
  (void)!::write(status, &note, sizeof note);
}

int become_guard(const GuardPlan& plan) noexcept {
  std::array kept{plan.status, plan.leash, plan.start};
  if (close_all_but(kept) != 0) return -1;
  constexpr auto kUnchanged = static_cast<uid_t>(-1);
  if (::setresuid(kUnchanged, plan.inner_uid, kUnchanged) != 0) return -1;
  if (drop_all_capabilities() != 0) return -1;
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return -1;
  if (::getppid() != plan.parent) return errno = ESRCH, -1;
  constexpr char kStart = '!';
  return ::write(plan.start, &kStart, sizeof kStart) == 1 ? 0 : -1;
}

void guard_inner(const GuardPlan& plan, pid_t inner) noexcept {
  const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, inner, 0));
  if (pidfd < 0) ::kill(inner, SIGKILL);
  std::array entries{pollfd{.fd = pidfd, .events = POLLIN, .revents = 0},
                     pollfd{.fd = plan.leash, .events = POLLIN, .revents = 0}};
  (void)sys::retry_eintr([&] { return ::poll(entries.data(), entries.size(), -1); });
  if (entries[0].revents == 0) {
    ::kill(inner, SIGKILL);
    entries[1].fd = -1;
    (void)::poll(entries.data(), entries.size(), static_cast<int>(kInnerGrace.count()));
  }
  int status = 0;
  if (::waitpid(inner, &status, WNOHANG) == inner)
    send_note(plan.status, {.kind = StatusNote::Kind::ended, .step = {}, .value = status});
  else
    send_note(plan.status, {.kind = StatusNote::Kind::stuck});
}

}  // namespace iptmode::probe
