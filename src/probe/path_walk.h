// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>
#include <vector>

namespace iptmode::probe {

inline constexpr int kMaxLinks = 40;  ///< as the kernel, path_resolution(7)
inline constexpr std::size_t kMaxPathLength = 1024;

/// Where a path leads, link by link.
struct Walk {
  /// Each path on the way: the given one, then one for each link that replaced it, the last one
  /// without a link in it.
  std::vector<std::string> chain = {};
  std::optional<struct stat> status = {};  ///< of the last of them, which is never a link
  int errnum = 0;  ///< why there is no status: ENOENT, ELOOP (a loop, too many links), EACCES, ...
};

/// Follows an absolute path by hand, with one lstat(2) for each component and one readlink(2) for
/// each link, and opens nothing. Links stay inside this process' root directory, and so does `..`.
/// Mounts nothing (AT_NO_AUTOMOUNT).
[[nodiscard]] Walk walk_path(const std::string& path);

}  // namespace iptmode::probe
