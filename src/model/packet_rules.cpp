// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "model/packet_translation.h"
#include "model/packet_walk.h"

namespace iptmode::packet {
namespace {

constexpr std::size_t kMaxDepth = 128;
constexpr std::int32_t kConntrackPriority = -200;  // NF_IP_PRI_CONNTRACK of netfilter_ipv4.h

std::string rule_words(const Walker& walker, const PlacedRule& placed) {
  return chain_words(*walker.station->table, walker.frames.back().chain->name) + ", rule " +
         std::to_string(placed.number) + ": " + to_string(placed.rule);
}

bool is_harmless(const Action& action) {
  constexpr std::array kNames{"LOG",       "NFLOG", "TRACE",   "CHECKSUM",    "TCPMSS",  "TTL",
                              "HL",        "DSCP",  "TOS",     "CLASSIFY",    "AUDIT",   "SET",
                              "IDLETIMER", "TEE",   "SECMARK", "CONNSECMARK", "RATEEST", "LED"};
  if (action.kind == Action::Kind::none) return true;
  return action.kind == Action::Kind::target &&
         std::find(kNames.begin(), kNames.end(), action.name) != kNames.end();
}

/// A jump to a chain that is not there leads to nothing that fits.
const PathChain* chain_named(const PathTable& table, std::string_view name) {
  for (const PathChain& chain : table.chains)
    if (chain.name == name) return &chain;
  return nullptr;
}

/// `--restore-mark` without masks; of others and of what is set only that it is not known.
void connection_mark(Walker& walker, const Action& action) {
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

}  // namespace

/// A local packet with a new destination is routed anew behind the hook: the rest of the hook sees
/// the interface that it had (nf_nat_ipv4_local_fn() of net/netfilter/nf_nat_proto.c).
Sight PacketWalk::sight_of(const Walker& walker) const {
  const std::string_view hook = walker.station->hook;
  const std::int32_t priority = walker.station->priority;
  const bool early = (hook == "prerouting" || hook == "output" || hook == "ingress") &&
                     priority <= kConntrackPriority;
  const bool own = walker.packet->way == Packet::Way::output;
  Sight sight{.packet = walker.packet,
              .address_sets = &path_.address_sets,
              .mark = walker.mark,
              .conntrack_mark = walker.conntrack_mark,
              .out_interfaces =
                  hook == "output" ? &path_.questions[question_].packet.out_interfaces : nullptr,
              .has_in_interface = hook != "output" && !own,
              .has_out_interface = hook == "output" || hook == "forward" || hook == "postrouting" ||
                                   hook == "egress",
              .may_lack_in = hook == "postrouting" || hook == "egress",
              .source_hidden = walker.source_done,
              .destination_new = walker.translated_by.empty() ? Truth::no : Truth::yes};
  if (early || hook == "ingress") sight.states.push_back(kInvalid);
  if (!early || priority == kConntrackPriority)
    sight.states.push_back(walker.untracked ? kUntracked : kNew);
  if (walker.untracked && early) sight.states = {kUntracked};
  return sight;
}

/// False when the walker has ended.
bool PacketWalk::at_rule(Walker& walker) {
  const PlacedRule& placed = walker.frames.back().chain->rules[walker.frames.back().next];
  ++walker.frames.back().next;
  if (is_harmless(placed.rule.action)) return true;
  const Truth truth = meets(sight_of(walker), placed.rule);
  if (truth == Truth::no) return true;
  if (truth == Truth::maybe) {
    Walker other = walker;
    if (other.doubt.empty()) other.doubt = rule_words(walker, placed);
    walker.doubt = other.doubt;
    waiting_.push_back(std::move(other));
  }
  return act(walker, placed);
}

bool PacketWalk::act(Walker& walker, const PlacedRule& placed) {
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

bool PacketWalk::jump(Walker& walker, const PlacedRule& placed) {
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

bool PacketWalk::act_of_target(Walker& walker, const PlacedRule& placed) {
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
  if (changes_destination(action)) return change_destination(walker, placed);
  end(walker, Kind::undecidable, rule_words(walker, placed));
  return false;
}

/// What comes behind sees another source.
bool PacketWalk::hide_source(Walker& walker, const PlacedRule& placed) {
  walker.last_word = rule_words(walker, placed);
  walker.source_done = true;
  const auto behind =
      stations_.begin() + static_cast<std::ptrdiff_t>(end_of_group(stations_, walker.group));
  const bool more = std::any_of(behind, stations_.end(), [&](const Station& station) {
    return passes(walker.packet->way, station.hook);
  });
  leave_station(walker);
  if (!more) return true;
  end(walker, Kind::undecidable, walker.last_word);
  return false;
}

/// The packet is routed by its new destination; its connection is not translated again.
bool PacketWalk::change_destination(Walker& walker, const PlacedRule& placed) {
  const Action& action = placed.rule.action;
  const auto destination = new_destination(action);
  if (destination && is_for_another_family(*destination, walker.packet->family)) return true;
  const std::string words = translation_words(action);
  const auto found = std::find_if(
      path_.translated.begin(), path_.translated.end(), [&](const TranslatedPacket& translated) {
        return translated.question == question_ && translated.action == words;
      });
  if (found == path_.translated.end()) {
    end(walker, Kind::undecidable, rule_words(walker, placed));
    return false;
  }
  walker.last_word = rule_words(walker, placed);
  if (found->packet != *walker.packet) walker.translated_by = walker.last_word;
  walker.packet = &found->packet;
  walker.destination_done = true;
  leave_station(walker);
  return true;
}

}  // namespace iptmode::packet
