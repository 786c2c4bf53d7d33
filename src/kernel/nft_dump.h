// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

#include "iptmode/kernel_state.h"
#include "iptmode/result.h"
#include "kernel/sieved_chain.h"

namespace iptmode::kernel {

struct NftDumpOptions {
  std::chrono::steady_clock::time_point deadline = {};
  std::function<void()> idle = {};  ///< called between requests, now and then
  /// Called when the number of chains is known and the rules are still to be read. Chains that
  /// belong to one rule (NFT_CHAIN_BINDING) are left out: nft does not list them.
  std::function<void(std::uint64_t chains)> chains_known = {};
  /// What read_nft_path() will be asked; may be nullptr.
  const std::vector<PacketQuestion>* questions = nullptr;
};

struct NftReading {
  std::vector<NftTable> tables = {};     ///< sorted by family, name
  std::uint32_t generation = 0;          ///< the same before and after
  std::array<HintChains, 2> hints = {};  ///< [family]
  SievedChains sieved = {};              ///< long chains, for read_nft_path()
};

/// Reads every nft table of the calling thread's network namespace, once: the tables, the chains,
/// then the rules of each chain with a filtered dump of its own (one dump of all rules takes time
/// that is quadratic in their number). Keeps the chains' names, counts and one
/// rule of each shape. Fails with
/// errc::interrupted when somebody's commit came between; see NftSocket::ask() for other errors.
[[nodiscard]] Result<NftReading> dump_nft(const NftDumpOptions& options);

}  // namespace iptmode::kernel
