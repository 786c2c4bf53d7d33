// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/host_root.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "sys/file.h"

namespace iptmode::collect {

namespace {

constexpr int kFlags = O_PATH | O_DIRECTORY | O_CLOEXEC;

Result<sys::UniqueFd> open_inside(int root, const std::string& path) {
  open_how how{};
  how.flags = kFlags;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  const long fd = sys::retry_eintr(
      [&] { return ::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how); });
  if (fd >= 0) return sys::UniqueFd{static_cast<int>(fd)};
  // Older kernels do not know the call, and container runtimes of their time refuse it.
  if (errno != ENOSYS && errno != EPERM) return sys_error(errno, "openat2", path);
  const auto begin = path.find_first_not_of('/');
  return sys::open_at(root, begin == path.npos ? "." : path.substr(begin), kFlags);
}

}  // namespace

Result<HostRoot> HostRoot::open(const std::string& host_root, int proc_root) {
  if (!host_root.empty()) {
    auto fd = sys::open_at(AT_FDCWD, host_root, kFlags);
    if (!fd) return tl::unexpected{fd.error()};
    return HostRoot{std::move(*fd)};
  }
  auto fd = sys::open_at(proc_root, "1/root", kFlags);
  if (!fd) fd = sys::open_at(AT_FDCWD, "/", kFlags);
  if (!fd) return tl::unexpected{fd.error()};
  return HostRoot{std::move(*fd)};
}

Result<std::uint32_t> HostRoot::directory_mode(const std::string& path) {
  const auto directory = open_inside(directory_.get(), path);
  if (!directory) return tl::unexpected{directory.error()};
  struct stat status = {};
  if (::fstat(directory->get(), &status) != 0) return sys_error(errno, "fstat", path);
  return status.st_mode & 07777U;
}

}  // namespace iptmode::collect
