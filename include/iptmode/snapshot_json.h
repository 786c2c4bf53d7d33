// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "iptmode/result.h"
#include "iptmode/snapshot.h"

namespace iptmode {

/// The format of a stored snapshot. A minor version ("iptmode.snapshot/1.1") adds keys and nothing
/// else: readers of the same major version read it and leave out what they do not know.
inline constexpr std::string_view kSnapshotSchema = "iptmode.snapshot/1";

/// A snapshot of a node with fifty components takes about 200 KiB.
inline constexpr std::size_t kMaxSnapshotBytes = 8U << 20U;

/// The observation without a verdict: keys lowerCamelCase and all always present, `null` for what
/// was not seen, arrays in the order of the snapshot, indent 1, final newline. Text is written as
/// escape() makes it, so that the file is UTF-8 and safe on a terminal, and reads back exactly.
[[nodiscard]] std::string snapshot_to_json(const Snapshot& snapshot);

/// The inverse. `text` may be anything: at most kMaxSnapshotBytes and 32 levels are read
/// (errc::file_too_large, errc::invalid_argument). A key of kSnapshotSchema that is missing or of
/// another type is errc::invalid_argument with the key's path; another major version is
/// errc::not_supported. Keys that are not known are left out.
[[nodiscard]] Result<Snapshot> snapshot_from_json(std::string_view text);

}  // namespace iptmode
