// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/confinement.h"

#include <cap-ng.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>

namespace iptmode::kernel {
namespace {

constexpr rlim_t kMaxDescriptors = 256;

bool limit(__rlimit_resource resource, rlim_t value) {
  const rlimit both{.rlim_cur = value, .rlim_max = value};
  return ::setrlimit(resource, &both) == 0;
}

bool limit_memory([[maybe_unused]] rlim_t bytes) {
#if defined(IPTMODE_ADDRESS_SANITIZER)
  return true;  // the sanitizer maps terabytes of address space
#else
  return limit(RLIMIT_AS, bytes);
#endif
}

bool set_limits(const Confinement& confinement) {
  return limit_memory(confinement.memory_bytes) && limit(RLIMIT_CPU, confinement.cpu_seconds) &&
         limit(RLIMIT_NOFILE, kMaxDescriptors) && limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, 0);
}

bool keep_only(int answer) {
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0) return false;
  // Away from the numbers that are about to be replaced.
  const int pipe = ::fcntl(answer, F_DUPFD_CLOEXEC, kAnswerFd + 1);
  if (pipe < 0) return false;
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd)
    if (::dup2(null, fd) < 0) return false;
  if (::dup2(pipe, kAnswerFd) < 0) return false;
  return ::syscall(SYS_close_range, kAnswerFd + 1, ~0U, 0) == 0;
}

bool keep_capabilities(bool net_admin) {
  capng_clear(CAPNG_SELECT_ALL);
  if (net_admin &&
      capng_update(CAPNG_ADD, static_cast<capng_type_t>(CAPNG_EFFECTIVE | CAPNG_PERMITTED),
                   CAP_NET_ADMIN) != 0)
    return false;
  // The bounding set can only be changed with CAP_SETPCAP; no_new_privs makes it irrelevant.
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && capng_apply(CAPNG_SELECT_CAPS) == 0;
}

}  // namespace

bool confine(int answer, const Confinement& confinement) {
  return ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && ::setsid() >= 0 && keep_only(answer) &&
         keep_capabilities(confinement.net_admin) && set_limits(confinement);
}

}  // namespace iptmode::kernel
