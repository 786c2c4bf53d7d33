// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "cross_reading/trial.h"
#include "iptmode/cross_reading.h"
#include "iptmode/kernel_state.h"

namespace iptmode::cross_reading {

/// Asks iptables-nft programs what they make of the shapes of some tables: each program in scratch
/// namespaces of its own, where the shapes are rebuilt, in a sandbox like that of a probe (see
/// probe/place_probe.h) that may speak netlink there. Nothing outside of those namespaces can be
/// changed by it; nothing of them is left.
class CrossReader {
 public:
  struct Options {
    bool every_bug = false;  ///< look for every bug of one version in every reader
    /// A legacy table of IPv6 that the node has: programs of the legacy variant are tried in it.
    std::string legacy_ipv6_table = {};
    std::chrono::milliseconds run_timeout{2000};  ///< of one run of a program
    std::chrono::milliseconds timeout{10000};  ///< for all of it; what is not known then, says so
  };

  /// Starts the first children. `tables` is borrowed. Candidates of the legacy variant read none of
  /// them; what is looked for in them is a bug of their own.
  [[nodiscard]] static CrossReader start(const std::vector<NftTable>& tables,
                                         std::vector<Candidate> candidates, const Options& options);
  CrossReader(CrossReader&&) noexcept;
  CrossReader& operator=(CrossReader&&) noexcept;
  CrossReader(const CrossReader&) = delete;
  CrossReader& operator=(const CrossReader&) = delete;
  ~CrossReader();  ///< ends all children

  /// Does what can be done without waiting. True when finish() will not block.
  bool poll();
  /// Waits for the rest, at most the timeout and a fraction of a second. Where the kernel gives no
  /// user namespaces, `skipped` says so.
  [[nodiscard]] CrossReading finish();

 private:
  struct State;
  explicit CrossReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace iptmode::cross_reading
