// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/process_ref.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "sys/file.h"

namespace iptmode::sys {
namespace {

Result<UniqueFd> open_pidfd(pid_t pid) {
  UniqueFd fd{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))};
  if (!fd) return sys_error(errno, "pidfd_open", std::to_string(pid));
  return fd;
}

/// A pidfd becomes readable when its process has ended, a zombie included (pidfd_open(2)).
bool has_ended(const UniqueFd& pidfd) {
  pollfd entry{.fd = pidfd.get(), .events = POLLIN, .revents = 0};
  return retry_eintr([&] { return ::poll(&entry, 1, 0); }) != 0;
}

Result<> open_parts(int proc_root, ProcessRef& process) {
  auto dir = open_at(proc_root, std::to_string(process.pid), O_PATH | O_DIRECTORY);
  if (!dir) return tl::unexpected{dir.error()};
  process.proc_dir = std::move(*dir);

  auto mount_ns = open_at(process.proc_dir.get(), "ns/mnt", O_RDONLY);
  if (!mount_ns) return tl::unexpected{mount_ns.error()};
  process.mount_ns = std::move(*mount_ns);

  auto root = open_at(process.proc_dir.get(), "root", O_PATH | O_DIRECTORY);
  if (!root) return tl::unexpected{root.error()};
  process.root = std::move(*root);

  struct stat status = {};
  if (::fstat(process.mount_ns.get(), &status) != 0) return sys_error(errno, "fstat", "ns/mnt");
  process.mount_namespace = status.st_ino;
  return {};
}

}  // namespace

Result<ProcessRef> open_process(int proc_root, pid_t pid, NamespaceId expected_mount_namespace) {
  const std::string subject = "pid " + std::to_string(pid);
  ProcessRef process{.pid = pid};
  auto pidfd = open_pidfd(pid);
  if (!pidfd) return tl::unexpected{pidfd.error()};
  process.pidfd = std::move(*pidfd);

  const auto opened = open_parts(proc_root, process);
  // Only now: a number cannot be reused while its process lives, so everything that was opened
  // between pidfd_open() and this answer belongs to that process.
  if (has_ended(process.pidfd)) return sys_error(ESRCH, "open", subject);
  if (!opened) return tl::unexpected{opened.error()};
  if (expected_mount_namespace != 0 && process.mount_namespace != expected_mount_namespace)
    return sys_error(ESRCH, "mount namespace changed", subject);
  return process;
}

}  // namespace iptmode::sys
