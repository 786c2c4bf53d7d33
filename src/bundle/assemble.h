// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/item.h"
#include "iptmode/redact.h"
#include "iptmode/report.h"

namespace iptmode::bundle {

/// The format of manifest.json.
inline constexpr std::string_view kManifestSchema = "iptmode.bundle/1";
inline constexpr std::string_view kSnapshotName = "snapshot.json";

struct Limits {
  std::size_t item_bytes = std::size_t{16} << 20U;   ///< an item is cut there
  std::size_t total_bytes = std::size_t{64} << 20U;  ///< what has no room is left out
};

struct Bundle {
  std::string name = {};         ///< "iptmode-worker-3-20260131T102030Z": its directory
  std::vector<Item> files = {};  ///< sorted by path, the manifest among them
};

/// Report, snapshot and evidence as files, with a manifest that names each with its size and
/// SHA-256 and says of what is missing why. Snapshot and report go first where room is short. Pure:
/// `report` is of the snapshot as it is to be stored, and the evidence as it is to be read; control
/// bytes in it are escaped here (escape_text()).
[[nodiscard]] Bundle assemble(const Report& report, Evidence evidence, const Redaction& redaction,
                              const Limits& limits);

/// Learns the names of the snapshot and of the rules in the evidence, and replaces what is to be
/// replaced in the evidence, paths included. The snapshot is left to the caller.
void redact(Evidence& evidence, const Snapshot& snapshot, Redactor& redactor);

/// What of a name is safe in a file name: letters, digits, dots and dashes, at most 64.
[[nodiscard]] std::string file_name_part(std::string_view name);

/// "20260131T102030Z"
[[nodiscard]] std::string compact_time(std::int64_t seconds);

}  // namespace iptmode::bundle
