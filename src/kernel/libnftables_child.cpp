// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/libnftables_child.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "kernel/confinement.h"
#include "sys/file.h"

namespace iptmode::kernel {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kIdleEvery = 10ms;
constexpr auto kGrace = 500ms;
constexpr int kSetupFailed = 120;  // exit status; no library uses it

int run_child(int answer, LibnftablesChild::Lister lister) {
  static_assert(std::is_trivially_copyable_v<ListedChains>);
  if (!confine(answer, {.net_admin = true})) return kSetupFailed;
  const ListedChains listed = lister();
  const auto written = ::write(kAnswerFd, &listed, sizeof listed);
  return written == static_cast<ssize_t>(sizeof listed) ? 0 : 1;
}

/// True once there is something to read or nobody left to write it.
bool wait_for_answer(int fd, const LibnftablesChild::Patience& patience) {
  const auto deadline = Clock::now() + patience.timeout;
  for (;;) {
    pollfd entry{.fd = fd, .events = POLLIN, .revents = 0};
    if (::poll(&entry, 1, static_cast<int>(kIdleEvery.count())) > 0) return true;
    if (Clock::now() >= deadline) return false;
    if (patience.idle) patience.idle();
  }
}

std::optional<ListedChains> read_answer(int fd) {
  const auto bytes = sys::read_bounded(fd, sizeof(ListedChains), kGrace);
  ListedChains listed = {};
  if (!bytes || bytes->size() != sizeof listed) return std::nullopt;
  std::memcpy(&listed, bytes->data(), sizeof listed);
  listed.problem.back() = '\0';
  return listed;
}

std::string describe_death(std::optional<int> status) {
  if (!status) return "it closed its answer and did not end";
  if (WIFSIGNALED(*status)) return "signal " + std::to_string(WTERMSIG(*status));
  return "exit status " + std::to_string(WEXITSTATUS(*status));
}

Libnftables compare(const ListedChains& listed, std::uint64_t chains) {
  using enum Libnftables::Outcome;
  if (listed.outcome != ListedChains::Outcome::listed)
    return {.outcome = refused, .detail = listed.problem.data()};
  if (listed.chains == chains) return {.outcome = agrees};
  return {
      .outcome = differs,
      .detail = std::to_string(listed.chains) + " chains, netlink says " + std::to_string(chains)};
}

}  // namespace

Result<LibnftablesChild> LibnftablesChild::start(Lister lister) {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return sys_error(errno, "pipe2");
  sys::UniqueFd read_end{ends[0]};
  const sys::UniqueFd write_end{ends[1]};
  auto child = sys::ChildProcess::start([&] { return run_child(write_end.get(), lister); });
  if (!child) return tl::unexpected(child.error());
  return LibnftablesChild{std::move(*child), std::move(read_end)};
}

Libnftables LibnftablesChild::finish(std::uint64_t chains, const Patience& patience) {
  if (!wait_for_answer(answer_.get(), patience)) {
    const bool ended = child_.end(kGrace);
    return {.outcome = Libnftables::Outcome::timed_out,
            .detail = "no answer in " + std::to_string(patience.timeout.count()) + " ms" +
                      (ended ? "" : ", abandoned")};
  }
  const auto listed = read_answer(answer_.get());
  const auto status = child_.reap(kGrace);
  if (!listed) return {.outcome = Libnftables::Outcome::died, .detail = describe_death(status)};
  return compare(*listed, chains);
}

}  // namespace iptmode::kernel
