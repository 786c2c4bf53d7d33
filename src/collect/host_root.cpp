// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/host_root.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <memory>
#include <string_view>

#include "sys/file.h"

namespace iptmode::collect {

namespace {

constexpr int kFlags = O_PATH | O_DIRECTORY | O_CLOEXEC;

Result<sys::UniqueFd> open_inside(int root, const std::string& path, int flags = kFlags) {
  open_how how{};
  how.flags = static_cast<unsigned>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  const long fd = sys::retry_eintr(
      [&] { return ::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how); });
  if (fd >= 0) return sys::UniqueFd{static_cast<int>(fd)};
  // Older kernels do not know the call, and container runtimes of their time refuse it.
  if (errno != ENOSYS && errno != EPERM) return sys_error(errno, "openat2", path);
  const auto begin = path.find_first_not_of('/');
  return sys::open_at(root, begin == path.npos ? "." : path.substr(begin), flags);
}

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

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

Result<sys::UniqueFd> HostRoot::locate(const std::string& path) const {
  return open_inside(directory_.get(), path, O_PATH);
}

Result<std::string> HostRoot::read(const std::string& path, std::size_t max_bytes) {
  constexpr auto kTimeout = std::chrono::milliseconds{1000};
  // Without waiting for the other end of a FIFO that lies where a file should.
  const auto fd = open_inside(directory_.get(), path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!fd) return tl::unexpected{fd.error()};
  struct stat status = {};
  if (::fstat(fd->get(), &status) != 0) return sys_error(errno, "fstat", path);
  if (!S_ISREG(status.st_mode)) return sys_error(EINVAL, "read", path);
  auto content = sys::read_bounded(fd->get(), max_bytes, kTimeout);
  if (!content) content.error().context += " " + path;
  return content;
}

Result<std::vector<std::string>> HostRoot::names(const std::string& path) {
  auto fd = open_inside(directory_.get(), path, O_RDONLY | O_DIRECTORY);
  if (!fd) return tl::unexpected{fd.error()};
  const std::unique_ptr<DIR, CloseDirectory> directory{::fdopendir(fd->get())};
  if (!directory) return sys_error(errno, "fdopendir", path);
  (void)fd->release();  // the stream has it now
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(directory.get())) {  // NOLINT(concurrency-mt-unsafe)
    const std::string_view name = &entry->d_name[0];
    if (name == "." || name == "..") continue;
    if (names.size() == kMaxNames) return sys_error(EFBIG, "readdir", path);
    names.emplace_back(name);
  }
  if (errno != 0) return sys_error(errno, "readdir", path);
  std::ranges::sort(names);
  return names;
}

}  // namespace iptmode::collect
