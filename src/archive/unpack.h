// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "iptmode/result.h"

namespace iptmode::archive {

/// What is read of an archive before it is given up.
struct UnpackLimits {
  std::size_t member_bytes = std::size_t{8} << 20U;   ///< of the member that is looked for
  std::size_t total_bytes = std::size_t{256} << 20U;  ///< unpacked, of everything before it
  std::size_t members = 4096;
};

/// Whether the bytes begin like a gzip file or a tar archive.
[[nodiscard]] bool looks_like_archive(std::string_view bytes);

/// The content of the first regular file called `name`, alone or in one directory, of a tar archive
/// with or without gzip. Only memory is written: links, devices and paths out of the archive are
/// names among others. `bytes` may be anything: errc::file_too_large beyond the limits,
/// errc::invalid_argument for what is damaged, cut off or no archive,
/// errc::no_such_file_or_directory.
[[nodiscard]] Result<std::string> unpack_member(std::string_view bytes, std::string_view name,
                                                const UnpackLimits& limits);

}  // namespace iptmode::archive
