// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/descriptors.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace iptmode::probe {
namespace {

void close_the_gaps(std::span<int> kept) {
  std::ranges::sort(kept);
  unsigned first = 0;
  for (const int fd : kept) {
    const auto number = static_cast<unsigned>(fd);
    if (number > first) (void)::close_range(first, number - 1, 0);
    first = number + 1;
  }
  (void)::close_range(first, ~0U, 0);
}

/// For Linux before 5.9, which has no close_range(2).
int close_one_by_one(std::span<const int> kept) {
  rlimit limit = {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
  const int end = static_cast<int>(std::min<rlim_t>(limit.rlim_cur, rlim_t{1} << 20U));
  for (int fd = 0; fd < end; ++fd)
    if (std::ranges::find(kept, fd) == kept.end()) ::close(fd);
  return 0;
}

}  // namespace

int close_all_but(std::span<int> kept) noexcept {
  if (::close_range(~0U, ~0U, 0) != 0 && errno == ENOSYS) return close_one_by_one(kept);
  close_the_gaps(kept);
  return 0;
}

}  // namespace iptmode::probe
