// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cerrno>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>

#include "iptmode/result.h"
#include "sys/unique_fd.h"

namespace iptmode::sys {

/// Repeats `call` while it fails with EINTR. Not for close().
template <std::invocable Call>
auto retry_eintr(Call call) {
  auto rc = call();
  while (rc == -1 && errno == EINTR) rc = call();
  return rc;
}

/// openat(2) with O_CLOEXEC and O_NOCTTY added. `dir` is borrowed; AT_FDCWD is allowed.
[[nodiscard]] Result<UniqueFd> open_at(int dir, const std::string& path, int flags);

/// Reads a file of the kernel's or the host's own, at most `max_bytes`: fails with
/// errc::file_too_large beyond. Not for a container's files: those are opened in a child only.
[[nodiscard]] Result<std::string> read_file(int dir, const std::string& path,
                                            std::size_t max_bytes);

/// Reads to end of file. Fails with errc::file_too_large once more than `max_bytes` have arrived
/// and with errc::timed_out after `timeout`. Use it for every byte that another process wrote.
[[nodiscard]] Result<std::string> read_bounded(int fd, std::size_t max_bytes,
                                               std::chrono::milliseconds timeout);

/// Target of a symbolic link, at most 4096 bytes.
[[nodiscard]] Result<std::string> read_link(int dir, const std::string& path);

}  // namespace iptmode::sys
