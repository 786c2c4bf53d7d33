// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <deque>
#include <set>
#include <span>
#include <string_view>
#include <utility>

#include "model/packet_match.h"

namespace iptmode {
namespace {

using packet::PartlyKnown;
using packet::Sight;
using packet::Truth;

constexpr std::size_t kMaxSteps = 200'000;
constexpr std::size_t kMaxDepth = 128;
constexpr std::size_t kMaxAtOnePriority = 16;
constexpr std::int32_t kConntrackPriority = -200;  // NF_IP_PRI_CONNTRACK of netfilter_ipv4.h

constexpr std::array<std::string_view, 3> kInputHooks{"ingress", "prerouting", "input"};
constexpr std::array<std::string_view, 4> kForwardHooks{"ingress", "prerouting", "forward",
                                                        "postrouting"};
constexpr std::array<std::string_view, 2> kOutputHooks{"output", "postrouting"};

std::span<const std::string_view> hooks_of(Packet::Way way) {
  if (way == Packet::Way::output) return kOutputHooks;
  if (way == Packet::Way::forward) return kForwardHooks;
  return kInputHooks;
}

/// A base chain on the packet's way.
struct Station {
  const PathTable* table = nullptr;
  const PathChain* chain = nullptr;
  std::size_t hook = 0;        ///< index into the way's hooks
  std::int32_t priority = 0;   ///< when the kernel calls it
  std::int32_t among_nat = 0;  ///< its place in the list of nat chains
  bool nat = false;
};

/// The kernel calls all nat chains of a hook from one place, whatever their own priority
/// (nf_nat_register_fn() of net/netfilter/nf_nat_core.c).
std::int32_t call_priority(const BaseChain& base) {
  constexpr std::int32_t kDestination = -100;  // NF_IP_PRI_NAT_DST
  constexpr std::int32_t kSource = 100;        // NF_IP_PRI_NAT_SRC
  if (base.type != "nat") return base.priority;
  return base.hook == "prerouting" || base.hook == "output" ? kDestination : kSource;
}

bool is_of_family(const PathTable& table, IpFamily family) {
  if (table.family == "inet" || table.family == "netdev") return true;
  return table.family == (family == IpFamily::ipv4 ? "ip" : "ip6");
}

std::vector<Station> stations_of(const PacketPath& path, const Packet& packet) {
  const auto hooks = hooks_of(packet.way);
  std::vector<Station> stations;
  for (const PathTable& table : path.tables)
    for (const PathChain& chain : table.chains) {
      if (!chain.base || !is_of_family(table, packet.family)) continue;
      const auto hook = std::find(hooks.begin(), hooks.end(), chain.base->hook);
      if (hook == hooks.end()) continue;
      stations.push_back({.table = &table,
                          .chain = &chain,
                          .hook = static_cast<std::size_t>(hook - hooks.begin()),
                          .priority = call_priority(*chain.base),
                          .among_nat = chain.base->priority,
                          .nat = chain.base->type == "nat"});
    }
  std::stable_sort(stations.begin(), stations.end(), [](const Station& a, const Station& b) {
    return std::pair{a.hook, a.priority} < std::pair{b.hook, b.priority};
  });
  return stations;
}

std::string chain_words(const PathTable& table, std::string_view chain) {
  std::string words{to_string(table.backend)};
  if (table.backend == Backend::legacy) {
    if (table.family == "ip6") words += " ip6";
  } else {
    words += ' ' + table.family;
  }
  return words + ' ' + table.name + ' ' + std::string{chain};
}

/// Where the walk stands in one chain.
struct Frame {
  const PathChain* chain = nullptr;
  std::size_t next = 0;
};

/// One way that the packet may go.
struct Walker {
  std::size_t group = 0;     ///< first station of those at this hook and priority
  std::uint32_t passed = 0;  ///< of the group, by bits
  const Station* station = nullptr;
  std::vector<Frame> frames = {};
  PartlyKnown mark = {};
  PartlyKnown conntrack_mark = {};
  bool untracked = false;
  bool translated = false;
  std::string doubt = {};      ///< the first rule that it may or may not have met
  std::string last_word = {};  ///< the last rule that let it pass
};

class PacketWalk {
 public:
  PacketWalk(const PacketPath& path, const Packet& packet)
      : packet_{packet}, stations_{stations_of(path, packet)} {}

  PacketFate run() {
    waiting_.push_back({});
    while (!waiting_.empty()) {
      Walker walker = std::move(waiting_.front());
      waiting_.pop_front();
      if (!is_first_here(walker)) continue;
      follow(std::move(walker));
      if (steps_ > kMaxSteps)
        return {.decided_by = "more ways through the rules than were followed"};
    }
    return verdict();
  }

 private:
  using Kind = PacketFate::Kind;
  struct Ending {
    PacketFate fate = {};
    std::string doubt = {};
  };

  /// What the rest of the walk depends on.
  static std::string key_of(const Walker& walker) {
    std::string key;
    const auto add = [&](std::uint64_t number) { key += std::to_string(number) + ' '; };
    add(walker.group);
    add(walker.passed);
    add(reinterpret_cast<std::uintptr_t>(walker.station));
    for (const Frame& frame : walker.frames) {
      add(reinterpret_cast<std::uintptr_t>(frame.chain));
      add(frame.next);
    }
    for (const PartlyKnown& mark : {walker.mark, walker.conntrack_mark}) {
      add(mark.value);
      add(mark.unknown);
    }
    add((walker.untracked ? 1U : 0U) | (walker.translated ? 2U : 0U));
    return key;
  }

  void end(const Walker& walker, Kind kind, std::string by) {
    Ending ending{.fate = {.kind = kind, .decided_by = std::move(by)}, .doubt = walker.doubt};
    if (walker.station != nullptr && (kind == Kind::dropped || kind == Kind::rejected)) {
      ending.fate.backend = walker.station->table->backend;
      ending.fate.family = walker.station->table->family;
      ending.fate.table = walker.station->table->name;
      ending.fate.chain = walker.station->chain->name;
    }
    endings_.push_back(std::move(ending));
  }

  [[nodiscard]] PacketFate verdict() const {
    const Ending& first = endings_.front();
    const bool agreed = std::all_of(endings_.begin(), endings_.end(), [&](const Ending& ending) {
      return ending.fate.kind == first.fate.kind;
    });
    if (agreed) return first.fate;
    for (const Ending& ending : endings_)
      if (ending.fate.kind == Kind::undecidable) return ending.fate;
    for (const Ending& ending : endings_)
      if (!ending.doubt.empty()) return {.decided_by = ending.doubt};
    return {.decided_by = "base chains of one priority, whose order is not known"};
  }

  /// Until it ends or waits in front of a fork.
  void follow(Walker walker) {
    while (steps_++ <= kMaxSteps) {
      if (walker.station == nullptr) {
        if (!enter_station(walker)) return;
        continue;
      }
      if (walker.frames.empty()) {
        if (!at_policy(walker)) return;
        continue;
      }
      Frame& frame = walker.frames.back();
      if (frame.next < frame.chain->rules.size()) {
        if (!at_rule(walker)) return;
      } else if (frame.chain->cut) {
        return end(
            walker, Kind::undecidable,
            chain_words(*walker.station->table, frame.chain->name) + ": more rules than were read");
      } else {
        walker.frames.pop_back();
        if (!walker.frames.empty() && !is_first_here(walker)) return;
      }
    }
  }

  /// Ways that part at a jump meet again behind it.
  bool is_first_here(const Walker& walker) { return seen_.insert(key_of(walker)).second; }

  // --- from chain to chain ---

  [[nodiscard]] std::size_t group_end(std::size_t begin) const {
    std::size_t end = begin;
    while (end < stations_.size() && stations_[end].hook == stations_[begin].hook &&
           stations_[end].priority == stations_[begin].priority)
      ++end;
    return end;
  }

  /// False when the walker has ended; others wait for the other orders.
  bool enter_station(Walker& walker) {
    const std::size_t end_of_group = group_end(walker.group);
    if (walker.group >= stations_.size()) {
      end(walker, Kind::accepted, walker.last_word);
      return false;
    }
    if (end_of_group - walker.group > kMaxAtOnePriority) {
      end(walker, Kind::undecidable, "too many base chains of one priority");
      return false;
    }
    const std::vector<std::size_t> next = next_stations(walker, end_of_group);
    if (next.empty()) {
      walker.group = end_of_group;
      walker.passed = 0;
      return true;
    }
    if (hooks_of(packet_.way)[stations_[walker.group].hook] == "ingress") {
      // Of one device, which is not known.
      Walker other = walker;
      other.passed |= 1U << (next.front() - walker.group);
      other.doubt = "the device of " + chain_words(*stations_[next.front()].table,
                                                   stations_[next.front()].chain->name);
      waiting_.push_back(std::move(other));
    }
    for (std::size_t i = 1; i < next.size(); ++i) {
      Walker other = walker;
      start(other, next[i]);
      waiting_.push_back(std::move(other));
    }
    start(walker, next.front());
    return true;
  }

  /// Any of those that are left; of the nat chains only the first ones.
  [[nodiscard]] std::vector<std::size_t> next_stations(const Walker& walker,
                                                       std::size_t end_of_group) const {
    std::vector<std::size_t> next;
    std::optional<std::int32_t> first_nat;
    const auto left = [&](std::size_t i) {
      return (walker.passed & 1U << (i - walker.group)) == 0;
    };
    for (std::size_t i = walker.group; i < end_of_group; ++i)
      if (left(i) && stations_[i].nat)
        first_nat = std::min(first_nat.value_or(stations_[i].among_nat), stations_[i].among_nat);
    for (std::size_t i = walker.group; i < end_of_group; ++i)
      if (left(i) && (!stations_[i].nat || stations_[i].among_nat == *first_nat)) next.push_back(i);
    return next;
  }

  void start(Walker& walker, std::size_t index) const {
    walker.passed |= 1U << (index - walker.group);
    const Station& station = stations_[index];
    if (station.nat && (walker.untracked || walker.translated)) return;  // never called
    walker.station = &station;
    walker.frames = {{.chain = station.chain}};
  }

  /// The end of a base chain. False when that ends the walk.
  bool at_policy(Walker& walker) {
    const Station& station = *walker.station;
    const std::string& policy = station.chain->base->policy;
    std::string words = chain_words(*station.table, station.chain->name) + ", policy " + policy;
    if (policy == "drop") {
      end(walker, Kind::dropped, std::move(words));
      return false;
    }
    if (policy != "accept" && !policy.empty()) {
      end(walker, Kind::undecidable, std::move(words));
      return false;
    }
    walker.station = nullptr;
    return true;
  }

  void leave_station(Walker& walker) {
    walker.frames.clear();
    walker.station = nullptr;
  }

  // --- rules ---

  [[nodiscard]] Sight sight_of(const Walker& walker) const {
    const Station& station = *walker.station;
    const std::string_view hook = hooks_of(packet_.way)[station.hook];
    const bool early = (hook == "prerouting" || hook == "output" || hook == "ingress") &&
                       station.priority <= kConntrackPriority;
    Sight sight{.packet = &packet_,
                .mark = walker.mark,
                .conntrack_mark = walker.conntrack_mark,
                .has_in_interface = hook != "output" && packet_.way != Packet::Way::output,
                .has_out_interface = hook == "output" || hook == "forward" || hook == "postrouting",
                .may_lack_in = hook == "postrouting",
                .translated = walker.translated};
    if (early || hook == "ingress") sight.states.push_back(1);
    if (!early || station.priority == kConntrackPriority)
      sight.states.push_back(walker.untracked ? 64 : 8);
    if (walker.untracked && early) sight.states = {64};
    return sight;
  }

  [[nodiscard]] std::string rule_words(const Walker& walker, const PlacedRule& placed) const {
    return chain_words(*walker.station->table, walker.frames.back().chain->name) + ", rule " +
           std::to_string(placed.number) + ": " + to_string(placed.rule);
  }

  static bool is_harmless(const Action& action) {
    constexpr std::array kNames{"LOG",       "NFLOG", "TRACE",   "CHECKSUM",    "TCPMSS",  "TTL",
                                "HL",        "DSCP",  "TOS",     "CLASSIFY",    "AUDIT",   "SET",
                                "IDLETIMER", "TEE",   "SECMARK", "CONNSECMARK", "RATEEST", "LED"};
    if (action.kind == Action::Kind::none) return true;
    return action.kind == Action::Kind::target &&
           std::find(kNames.begin(), kNames.end(), action.name) != kNames.end();
  }

  /// A jump to a chain that is not there leads to nothing that fits.
  [[nodiscard]] static const PathChain* chain_named(const PathTable& table, std::string_view name) {
    for (const PathChain& chain : table.chains)
      if (chain.name == name) return &chain;
    return nullptr;
  }

  /// False when the walker has ended.
  bool at_rule(Walker& walker) {
    const PlacedRule& placed = walker.frames.back().chain->rules[walker.frames.back().next];
    ++walker.frames.back().next;
    if (is_harmless(placed.rule.action)) return true;
    const Truth truth = packet::meets(sight_of(walker), placed.rule);
    if (truth == Truth::no) return true;
    if (truth == Truth::maybe) {
      Walker other = walker;
      if (other.doubt.empty()) other.doubt = rule_words(walker, placed);
      walker.doubt = other.doubt;
      waiting_.push_back(std::move(other));
    }
    return act(walker, placed);
  }

  bool act(Walker& walker, const PlacedRule& placed) {
    const Action& action = placed.rule.action;
    switch (action.kind) {
      case Action::Kind::none: return true;
      case Action::Kind::accept:
        walker.last_word = rule_words(walker, placed);
        leave_station(walker);
        return true;
      case Action::Kind::drop: end(walker, Kind::dropped, rule_words(walker, placed)); return false;
      case Action::Kind::reject:
        end(walker, Kind::rejected, rule_words(walker, placed));
        return false;
      case Action::Kind::jump:
      case Action::Kind::go_to: return jump(walker, placed);
      case Action::Kind::back:
        walker.frames.pop_back();
        return walker.frames.empty() || is_first_here(walker);
      case Action::Kind::set_mark:
        walker.mark.unknown &= ~action.clear;
        walker.mark.value =
            ((walker.mark.value & ~action.clear) ^ action.change) & ~walker.mark.unknown;
        return true;
      case Action::Kind::queue:
      case Action::Kind::target: break;
    }
    return act_of_target(walker, placed);
  }

  bool jump(Walker& walker, const PlacedRule& placed) {
    const Action& action = placed.rule.action;
    const PathChain* chain = chain_named(*walker.station->table, action.chain);
    if (action.kind == Action::Kind::go_to) walker.frames.pop_back();
    if (chain == nullptr) return true;
    if (walker.frames.size() >= kMaxDepth) {
      end(walker, Kind::undecidable, "chains that jump too deep");
      return false;
    }
    walker.frames.push_back({.chain = chain});
    return true;
  }

  bool act_of_target(Walker& walker, const PlacedRule& placed) {
    const Action& action = placed.rule.action;
    if (action.name == "MARK") {
      walker.mark = {.unknown = UINT32_MAX};
      return true;
    }
    if (action.name == "CONNMARK") {
      connection_mark(walker, action);
      return true;
    }
    if ((action.name == "CT" && action.arguments == "--notrack") || action.name == "NOTRACK") {
      walker.untracked = true;
      return true;
    }
    if (action.name == "CT" && action.decoded) return true;
    if (action.name == "SNAT" || action.name == "MASQUERADE") return hide_source(walker, placed);
    // A translated destination leads to rules that were not kept for this question.
    end(walker, Kind::undecidable, rule_words(walker, placed));
    return false;
  }

  /// `--restore-mark` without masks; of others and of what is set only that it is not known.
  static void connection_mark(Walker& walker, const Action& action) {
    if (action.arguments.starts_with("--restore-mark")) {
      const bool nothing = walker.conntrack_mark == PartlyKnown{};
      const bool whole = action.arguments == "--restore-mark";
      walker.mark = whole                                     ? walker.conntrack_mark
                    : nothing && walker.mark == PartlyKnown{} ? PartlyKnown{}
                                                              : PartlyKnown{.unknown = UINT32_MAX};
      return;
    }
    const bool saved = action.arguments == "--save-mark";
    walker.conntrack_mark = saved ? walker.mark : PartlyKnown{.unknown = UINT32_MAX};
  }

  /// What comes behind sees another source.
  bool hide_source(Walker& walker, const PlacedRule& placed) {
    walker.last_word = rule_words(walker, placed);
    walker.translated = true;
    const bool more = group_end(walker.group) < stations_.size();
    leave_station(walker);
    if (!more) return true;
    end(walker, Kind::undecidable, walker.last_word);
    return false;
  }

  const Packet& packet_;
  std::vector<Station> stations_;
  std::deque<Walker> waiting_ = {};
  std::set<std::string> seen_ = {};
  std::vector<Ending> endings_ = {};
  std::size_t steps_ = 0;
};

}  // namespace

PacketFate evaluate(const PacketPath& path, const PacketQuestion& question) {
  const bool asked =
      std::find(path.questions.begin(), path.questions.end(), question) != path.questions.end();
  if (!asked) return {.decided_by = "the rules were not read for this packet"};
  return PacketWalk{path, question.packet}.run();
}

}  // namespace iptmode
