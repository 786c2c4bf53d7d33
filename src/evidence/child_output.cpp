// SPDX-License-Identifier: GPL-2.0-or-later
#include "evidence/child_output.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include "sys/child_process.h"
#include "sys/file.h"

namespace iptmode::evidence {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kGrace = 500ms;

/// Reads to the end of file. The result is why it stopped before; empty if it did not.
std::string read_until(int fd, std::string& text, std::size_t max_bytes,
                       std::chrono::milliseconds timeout) {
  const auto deadline = Clock::now() + timeout;
  std::array<char, 65536> piece{};
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd entry{.fd = fd, .events = POLLIN, .revents = 0};
    if (left <= 0ms || ::poll(&entry, 1, static_cast<int>(left.count())) == 0)
      return "no end in " + std::to_string(timeout.count()) + " ms";
    const auto size = sys::retry_eintr([&] { return ::read(fd, piece.data(), piece.size()); });
    if (size < 0) return to_string(Error{{errno, std::generic_category()}, "read"});
    if (size == 0) return {};
    const auto room = max_bytes - text.size();
    text.append(piece.data(), std::min(static_cast<std::size_t>(size), room));
    if (static_cast<std::size_t>(size) > room)
      return "longer than " + std::to_string(max_bytes) + " bytes";
  }
}

std::string death_of(std::optional<int> status) {
  if (!status) return "it did not end";
  if (WIFSIGNALED(*status)) return "signal " + std::to_string(WTERMSIG(*status));
  const int code = WEXITSTATUS(*status);
  return code == 0 ? std::string{} : "exit status " + std::to_string(code);
}

}  // namespace

Result<ChildOutput> run_in_child(const std::function<int(int)>& body, std::size_t max_bytes,
                                 std::chrono::milliseconds timeout) {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return sys_error(errno, "pipe2");
  const sys::UniqueFd read_end{ends[0]};
  sys::UniqueFd write_end{ends[1]};
  auto child = sys::ChildProcess::start([&] { return body(write_end.get()); });
  if (!child) return tl::unexpected(child.error());
  write_end.reset();
  ChildOutput output;
  output.problem = read_until(read_end.get(), output.text, max_bytes, timeout);
  if (output.problem.empty())
    output.problem = death_of(child->reap(kGrace));
  else
    child->end(kGrace);
  return output;
}

}  // namespace iptmode::evidence
