// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/legacy_reader.h"
#include "kernel/link_reader.h"
#include "kernel/network_reader.h"
#include "kernel/path_collector.h"
#include "kernel/sieved_chain.h"

namespace iptmode::kernel {

/// "nft tables"; where several nodes live on one machine, with the network namespace.
[[nodiscard]] std::string gap_subject(std::string_view what, const NetworkRequest& request);

/// Reads what the packets of the node's questions can meet, into a reading whose tables are read
/// meanwhile. The steps are called in the order of their declaration.
class PathReader {
 public:
  /// All is borrowed.
  PathReader(const NetworkRequest& request, std::chrono::steady_clock::time_point deadline,
             NetworkReading& reading)
      : request_{request}, deadline_{deadline}, reading_{reading} {}

  /// Learns what there is to ask. `links` are those of the namespace and outlive the reader's work.
  void ask(const Result<LinkReading>& links);
  [[nodiscard]] const std::vector<PacketQuestion>& questions() const { return path_.questions; }

  /// `sieved` is what the dump of that generation has left for these questions.
  void read_nft(const SievedChains& sieved);
  [[nodiscard]] LegacyPathRequest of_legacy();
  void take_legacy(LegacyState& read);

  /// Whether rules send packets of the questions elsewhere. Then the path is to be read again, as
  /// those packets meet other rules.
  [[nodiscard]] bool asks_again();

  /// A path with a part missing would answer wrongly: it is left out.
  void finish();

 private:
  void add_gap(std::string_view what, const Error& error, Fact hides);

  const NetworkRequest& request_;
  std::chrono::steady_clock::time_point deadline_;
  NetworkReading& reading_;
  PacketPath path_ = {};
  const std::vector<NetworkLink>* links_ = nullptr;
  std::vector<PacketQuestion> asked_ = {};  // by the path's own packets and what becomes of them
  PathBudget budget_ = {};
  bool readable_ = true;
};

}  // namespace iptmode::kernel
