// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "iptmode/result.h"

namespace iptmode::cli {

/// Writes all of it. A closed pipe (SIGPIPE must be ignored) and a full disk are errors.
[[nodiscard]] Result<> write_to(int fd, std::string_view text, std::string_view what);

/// A reader of `path` sees the old content or all of the new one: a temporary file in the same
/// directory, fsync(2), mode 0644, rename(2). Fails with errc::invalid_argument when `path` is
/// something else than a regular file: a device would be replaced by one.
[[nodiscard]] Result<> replace_file(const std::string& path, std::string_view text);

}  // namespace iptmode::cli
