// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "bundle/assemble.h"
#include "iptmode/result.h"

namespace iptmode::cli {

/// Writes a file that only its owner may read (mode 0600). Whatever ends this process at any
/// moment, `path` is what it was before or all of the new content, and no part of it is left
/// elsewhere. Fails with errc::invalid_argument when `path` is something else than a regular file.
[[nodiscard]] Result<> write_private_file(const std::string& path, std::string_view content);

/// Why write_directory() could not make `path`, as far as that shows before: empty where it can.
[[nodiscard]] std::string obstacle_to_directory(const std::string& path);

/// The bundle as the directory `path` (0700, files 0600), which must be empty or not there
/// (errc::directory_not_empty). It appears with everything in it; ended by SIGKILL meanwhile, this
/// process leaves a directory of another name beside it.
[[nodiscard]] Result<> write_directory(const std::string& path, const bundle::Bundle& bundle);

}  // namespace iptmode::cli
