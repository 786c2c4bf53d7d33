// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "iptmode/snapshot.h"
#include "snapshot_io/component_fields.h"
#include "snapshot_io/host_fields.h"
#include "snapshot_io/network_fields.h"
#include "snapshot_io/path_fields.h"
#include "snapshot_io/reading_fields.h"
#include "snapshot_io/rule_fields.h"
#include "snapshot_io/table_fields.h"

// The keys of every part of a snapshot, once for writing and reading: `archive(key, member)` is
// called for each in the order of the file. A member that is missing here is lost in the file; the
// round trip in the tests fills every one.
namespace iptmode::snapshot_io {

void describe(auto& archive, PartIs<Snapshot> auto& snapshot) {
  archive("toolVersion", snapshot.tool_version);
  archive("takenAt", snapshot.taken_at);
  archive("node", snapshot.node);
  archive("k0s", snapshot.k0s);
  archive("host", snapshot.host);
  archive("components", snapshot.components);
  archive("support", snapshot.support);
  archive("networks", snapshot.networks);
  archive("crossReading", snapshot.cross_reading);
  archive("hostSettings", snapshot.host_settings);
  archive("firewalld", snapshot.firewalld);
  archive("nodeNetworks", snapshot.node_networks);
  archive("hostWriters", snapshot.host_writers);
  archive("gaps", snapshot.gaps);
}

/// The key of a backend in `hints`.
constexpr std::string_view key_of(Backend backend) {
  return backend == Backend::legacy ? "legacy" : "nfTables";
}

using Hints = std::map<Backend, std::array<HintChains, 2>>;

}  // namespace iptmode::snapshot_io
