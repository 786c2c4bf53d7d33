// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <string>

#include "iptmode/result.h"
#include "iptmode/snapshot.h"

namespace iptmode::cli {

/// A stored snapshot: a file, a pipe, "-" for standard input, or a bundle, which is an archive or a
/// directory with a snapshot.json. An archive is unpacked in memory. `file` may be anything.
[[nodiscard]] Result<Snapshot> read_snapshot(const std::string& file, std::chrono::seconds timeout);

/// Why it could not be read, without the name of the file; not escaped.
[[nodiscard]] std::string reason_of(const Error& error);

}  // namespace iptmode::cli
