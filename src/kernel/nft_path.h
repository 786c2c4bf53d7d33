// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "iptmode/kernel_state.h"
#include "iptmode/result.h"
#include "kernel/path_collector.h"
#include "kernel/sieved_chain.h"

namespace iptmode::kernel {

struct NftPathRequest {
  std::chrono::steady_clock::time_point deadline = {};
  const std::vector<NftTable>* tables = nullptr;  ///< as dump_nft() read them
  const std::vector<PacketQuestion>* questions = nullptr;
  /// Chains that need not be read, of these questions and this generation; may be nullptr.
  const SievedChains* sieved = nullptr;
  std::uint32_t sieved_generation = 0;
};

/// Reads the rules that a packet of the questions can meet in the calling thread's network
/// namespace: only the base chains on its way and what they lead to, and the sets that these rules
/// look up. Fails with errc::interrupted when the tables changed meanwhile.
[[nodiscard]] Result<std::vector<PathTable>> read_nft_path(const NftPathRequest& request,
                                                           PathBudget& budget);

}  // namespace iptmode::kernel
