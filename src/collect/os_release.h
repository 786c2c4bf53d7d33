// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace iptmode::collect {

/// What os-release(5) says that a report needs.
struct OsRelease {
  std::string id = {};          ///< "debian"; "linux" when the file has none, as the page says
  std::string version_id = {};  ///< "12"; empty on rolling releases
  bool operator==(const OsRelease&) const = default;
};

/// Lines KEY=value with the quoting of a shell; anything else is skipped. The last line of a key
/// counts, as in a shell that sources the file.
[[nodiscard]] OsRelease parse_os_release(std::string_view text);

}  // namespace iptmode::collect
