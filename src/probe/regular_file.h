// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <string>

#include "iptmode/result.h"

namespace iptmode::probe {

/// The bytes of a regular file, which the caller has lstat()ed and found to be one. Should it have
/// been exchanged meanwhile: never waits for a FIFO, follows no link, makes no terminal its own,
/// and fails with errc::invalid_argument. Fails with errc::file_too_large beyond `max_bytes`,
/// before reading where the size says so (a sparse file of 40 GB).
[[nodiscard]] Result<std::string> read_regular_file(const std::string& path, std::size_t max_bytes);

}  // namespace iptmode::probe
