// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "iptmode/cross_reading.h"
#include "iptmode/kernel_state.h"
#include "iptmode/result.h"

namespace iptmode::collect {

/// One iptables-nft, wherever it lies.
struct ReplayReader {
  std::string root = "/";  ///< the directory that is its root: it finds its libraries there
  std::string path = {};   ///< the multi-call file itself, no link, inside that root
};

/// Lets it read the shapes of stored tables, and looks for every bug of one version in it. Runs it
/// as an audit runs a reader: in namespaces of its own, where nothing else can be reached. Fails
/// when it is no plain multi-call file of the nft variant (errc::invalid_argument).
[[nodiscard]] Result<CrossReading> read_with(const std::vector<NftTable>& tables,
                                             const ReplayReader& reader,
                                             std::chrono::milliseconds timeout);

}  // namespace iptmode::collect
