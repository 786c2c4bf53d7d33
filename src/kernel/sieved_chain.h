// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "iptmode/packet_path.h"

namespace iptmode::kernel {

/// One chain without the rules that are certainly for another destination than the packets of the
/// questions. Which of the rest they meet is found out when the sets are read that it looks up.
struct SievedChain {
  struct Entry {
    std::uint32_t number = 0;  ///< from 1, those that are left out counted
    std::string expressions = {};
    std::string user_data = {};
  };
  std::vector<Entry> rules = {};
  std::size_t bytes = 0;  ///< of their expressions and user data

  void add(std::uint32_t number, std::string_view expressions, std::string_view user_data);
};

/// By family, table and name.
using SievedChains = std::map<std::tuple<std::string, std::string, std::string>, SievedChain>;

/// Sifts the rules of the chains of one table.
class RuleSieve {
 public:
  /// `questions` outlives the sieve; nullptr: none.
  RuleSieve(std::string_view family, const std::vector<PacketQuestion>* questions);

  /// Whether no packet of the questions is of the table's family.
  [[nodiscard]] bool holds_all() const { return packets_.empty(); }
  /// False when certainly no packet meets the rule. Allocates nothing.
  [[nodiscard]] bool passes(std::string_view expressions) const;

 private:
  std::uint8_t family_;  ///< NFPROTO_*; NFPROTO_UNSPEC for a table of both
  std::vector<const Packet*> packets_;
};

}  // namespace iptmode::kernel
