// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/file.h"

#include <fcntl.h>
#include <poll.h>

#include <algorithm>
#include <array>

namespace iptmode::sys {
namespace {

using Clock = std::chrono::steady_clock;

/// Waits until `fd` has bytes or its end to read.
Result<> wait_readable(int fd, Clock::time_point deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd entry{.fd = fd, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&entry, 1, static_cast<int>(std::max<long>(left.count(), 0)));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return sys_error(errno, "poll");
    if (ready == 0) return sys_error(ETIMEDOUT, "read");
  }
}

}  // namespace

Result<UniqueFd> open_at(int dir, const std::string& path, int flags) {
  UniqueFd fd{
      retry_eintr([&] { return ::openat(dir, path.c_str(), flags | O_CLOEXEC | O_NOCTTY); })};
  if (!fd) return sys_error(errno, "openat", path);
  return fd;
}

Result<std::string> read_file(int dir, const std::string& path, std::size_t max_bytes) {
  const auto fd = open_at(dir, path, O_RDONLY);
  if (!fd) return tl::unexpected{fd.error()};
  std::string content;
  std::array<char, 16384> buffer;  // NOLINT(*-member-init): read() fills what is used
  for (;;) {
    const ssize_t count =
        retry_eintr([&] { return ::read(fd->get(), buffer.data(), buffer.size()); });
    if (count < 0) return sys_error(errno, "read", path);
    if (count == 0) return content;
    content.append(buffer.data(), static_cast<std::size_t>(count));
    if (content.size() > max_bytes) return sys_error(EFBIG, "read", path);
  }
}

Result<std::string> read_bounded(int fd, std::size_t max_bytes, std::chrono::milliseconds timeout) {
  const auto deadline = Clock::now() + timeout;
  std::string content;
  std::array<char, 4096> buffer;  // NOLINT(*-member-init): read() fills what is used
  for (;;) {
    if (const auto ready = wait_readable(fd, deadline); !ready)
      return tl::unexpected{ready.error()};
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count < 0) return sys_error(errno, "read");
    if (count == 0) return content;
    content.append(buffer.data(), static_cast<std::size_t>(count));
    if (content.size() > max_bytes) return sys_error(EFBIG, "read");
    // A writer that drips never lets poll() time out.
    if (Clock::now() >= deadline) return sys_error(ETIMEDOUT, "read");
  }
}

Result<std::string> read_link(int dir, const std::string& path) {
  std::array<char, 4096 + 1> buffer;  // NOLINT(*-member-init): readlinkat() fills what is used
  const ssize_t count = ::readlinkat(dir, path.c_str(), buffer.data(), buffer.size());
  if (count < 0) return sys_error(errno, "readlinkat", path);
  if (static_cast<std::size_t>(count) == buffer.size())
    return sys_error(ENAMETOOLONG, "readlinkat", path);
  return std::string(buffer.data(), static_cast<std::size_t>(count));
}

}  // namespace iptmode::sys
