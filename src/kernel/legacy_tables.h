// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "iptmode/kernel_state.h"
#include "iptmode/result.h"
#include "kernel/path_collector.h"

namespace iptmode::kernel {

/// What of a table is kept for questions about packets.
struct LegacyPathRequest {
  const std::vector<PacketQuestion>* questions = nullptr;
  PathBudget* budget = nullptr;
  bool path_only = false;  ///< the table itself was read before: of it only the base chains
};

struct LegacyReading {
  LegacyTable table = {};
  HintChains hints = {};               ///< of a table named "mangle" only
  std::optional<PathTable> path = {};  ///< nothing when no packet of the questions passes it
};

/// Reads one table of the calling thread's network namespace through libip4tc. The kernel creates
/// a table that it is asked for, so `name` must come from <proc>/<pid>/net/ip_tables_names. Takes
/// no lock and changes nothing. errc::resource_unavailable_try_again when the table kept changing.
[[nodiscard]] Result<LegacyReading> read_legacy_table4(const std::string& name,
                                                       const LegacyPathRequest& path);

/// The same for IPv6, through libip6tc; `name` comes from ip6_tables_names.
[[nodiscard]] Result<LegacyReading> read_legacy_table6(const std::string& name,
                                                       const LegacyPathRequest& path);

}  // namespace iptmode::kernel
