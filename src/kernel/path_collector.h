// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "iptmode/packet_path.h"

namespace iptmode::kernel {

/// How much of a ruleset is kept for the questions, in one network namespace.
struct PathBudget {
  std::size_t rules = 8192;
  std::size_t chains = 2048;
};

/// The packets of the questions that a table of this family ("ip", "ip6", "inet", "netdev") sees.
[[nodiscard]] std::vector<const Packet*> packets_of(std::string_view family,
                                                    const std::vector<PacketQuestion>& questions);

/// One table while the chains that a packet of the questions can reach are looked for: first the
/// base chains on its way, then what the rules jump to that it can meet.
class PathCollector {
 public:
  /// `questions` and `budget` outlive the collector.
  PathCollector(PathTable table, const std::vector<PacketQuestion>& questions, PathBudget& budget);

  /// Whether any packet of the table's family passes there.
  [[nodiscard]] bool is_on_the_way(const BaseChain& base) const;
  void add_base(const BaseChain& base);

  /// The next chain to be read, nullptr when there is none. Valid until the next call.
  [[nodiscard]] PathChain* next();

  /// The packets of the table's family.
  [[nodiscard]] const std::vector<const Packet*>& packets() const { return packets_; }
  [[nodiscard]] bool can_meet(const Rule& rule) const;
  /// A rule of `chain` that can be met.
  void keep(PathChain& chain, std::uint32_t number, Rule rule);

  [[nodiscard]] PathTable take() { return std::move(table_); }

 private:
  void follow(const std::string& chain);

  PathTable table_;
  std::vector<const Packet*> packets_ = {};
  PathBudget& budget_;
  std::deque<PathChain> waiting_ = {};
  std::set<std::string, std::less<>> known_ = {};
};

}  // namespace iptmode::kernel
