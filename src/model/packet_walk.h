// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <vector>

#include "iptmode/packet_path.h"
#include "model/packet_match.h"
#include "model/packet_stations.h"

namespace iptmode::packet {

/// Where a packet stands in one chain.
struct Frame {
  const PathChain* chain = nullptr;
  std::size_t next = 0;
};

/// One way that the packet may go.
struct Walker {
  const Packet* packet = nullptr;  ///< as it is by now
  std::size_t group = 0;           ///< first station of those at this hook and priority
  std::uint32_t passed = 0;        ///< of the group, by bits
  const Station* station = nullptr;
  std::vector<Frame> frames = {};
  PartlyKnown mark = {};
  PartlyKnown conntrack_mark = {};
  bool untracked = false;
  bool source_done = false;        ///< nat chains for the source are not asked again
  bool destination_done = false;   ///< the same for the destination
  std::string doubt = {};          ///< the first rule that it may or may not have met
  std::string last_word = {};      ///< the last rule that let it pass
  std::string translated_by = {};  ///< the rule that gave it another destination
};

/// Follows a packet on all ways that it may go. Ways part where a condition is in doubt and where
/// the order of base chains is not known.
class PacketWalk {
 public:
  /// `path` outlives the walk; `question` is one of its own, and `packet` its packet or some of
  /// those that it stands for.
  PacketWalk(const PacketPath& path, std::size_t question, Packet packet);

  [[nodiscard]] PacketFate run();

 private:
  using Kind = PacketFate::Kind;
  struct Ending {
    PacketFate fate = {};
    std::string doubt = {};
  };

  // packet_walk.cpp: from chain to chain. What returns a bool says whether the walker goes on.
  void follow(Walker walker);
  [[nodiscard]] bool is_first_here(const Walker& walker);
  [[nodiscard]] bool enter_station(Walker& walker);
  void skip_other_hooks(Walker& walker) const;
  [[nodiscard]] std::vector<std::size_t> next_stations(const Walker& walker,
                                                       std::size_t group_end) const;
  void start(Walker& walker, std::size_t index) const;
  [[nodiscard]] bool at_policy(Walker& walker);
  static void leave_station(Walker& walker);
  void end(const Walker& walker, Kind kind, std::string by);
  [[nodiscard]] bool is_agreed() const;
  [[nodiscard]] PacketFate verdict() const;

  // packet_rules.cpp: from rule to rule
  [[nodiscard]] Sight sight_of(const Walker& walker) const;
  [[nodiscard]] bool at_rule(Walker& walker);
  [[nodiscard]] bool act(Walker& walker, const PlacedRule& placed);
  [[nodiscard]] bool jump(Walker& walker, const PlacedRule& placed);
  [[nodiscard]] bool act_of_target(Walker& walker, const PlacedRule& placed);
  [[nodiscard]] bool hide_source(Walker& walker, const PlacedRule& placed);
  [[nodiscard]] bool change_destination(Walker& walker, const PlacedRule& placed);

  const PacketPath& path_;
  std::size_t question_;
  Packet packet_;
  std::vector<Station> stations_;
  std::deque<Walker> waiting_ = {};
  std::set<std::string> seen_ = {};
  std::vector<Ending> endings_ = {};
  std::size_t steps_ = 0;
};

}  // namespace iptmode::packet
