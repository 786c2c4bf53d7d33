// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/packet_walk.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace iptmode {
namespace packet {
namespace {

constexpr std::size_t kMaxSteps = 200'000;
constexpr std::size_t kMaxAtOnePriority = 16;

/// What the rest of the walk depends on.
std::string key_of(const Walker& walker) {
  std::string key;
  const auto add = [&](std::uint64_t number) { key += std::to_string(number) + ' '; };
  add(reinterpret_cast<std::uintptr_t>(walker.packet));
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
  add((walker.untracked ? 1U : 0U) | (walker.source_done ? 2U : 0U) |
      (walker.destination_done ? 4U : 0U));
  return key;
}

/// At which the kernel asks for another destination; at the others for another source.
bool is_for_destination(std::string_view hook) {
  return hook == "prerouting" || hook == "output";
}

}  // namespace

PacketWalk::PacketWalk(const PacketPath& path, std::size_t question, Packet packet)
    : path_{path},
      question_{question},
      packet_{std::move(packet)},
      stations_{stations_of(path, path.questions.at(question).packet.family)} {}

PacketFate PacketWalk::run() {
  waiting_.push_back({.packet = &packet_});
  while (!waiting_.empty()) {
    Walker walker = std::move(waiting_.front());
    waiting_.pop_front();
    if (!is_first_here(walker)) continue;
    follow(std::move(walker));
    if (steps_ > kMaxSteps) return {.decided_by = "more ways through the rules than were followed"};
  }
  return verdict();
}

void PacketWalk::end(const Walker& walker, Kind kind, std::string by) {
  Ending ending{
      .fate = {.kind = kind, .decided_by = std::move(by), .translated_by = walker.translated_by},
      .doubt = walker.doubt};
  if (!walker.translated_by.empty()) ending.fate.packet = *walker.packet;
  if (walker.station != nullptr && (kind == Kind::dropped || kind == Kind::rejected)) {
    ending.fate.backend = walker.station->table->backend;
    ending.fate.family = walker.station->table->family;
    ending.fate.table = walker.station->table->name;
    ending.fate.chain = walker.station->chain->name;
  }
  endings_.push_back(std::move(ending));
}

/// A packet to the node itself that may or may not be led away has no answer either.
bool PacketWalk::is_agreed() const {
  const PacketFate& first = endings_.front().fate;
  const bool to_node = path_.questions[question_].packet.way == Packet::Way::input;
  return std::all_of(endings_.begin(), endings_.end(), [&](const Ending& ending) {
    const bool same_end = ending.fate.translated_by.empty() == first.translated_by.empty();
    const bool matters = to_node && first.kind == Kind::accepted;
    return ending.fate.kind == first.kind && (same_end || !matters);
  });
}

PacketFate PacketWalk::verdict() const {
  if (is_agreed()) {
    // Not translated for certain when one way leads past all translation.
    const auto plain = std::find_if(endings_.begin(), endings_.end(), [](const Ending& ending) {
      return ending.fate.translated_by.empty();
    });
    PacketFate fate = plain == endings_.end() ? endings_.front().fate : plain->fate;
    // None of the rules that part the ways decides where all of them end alike.
    const bool by_one = std::all_of(endings_.begin(), endings_.end(), [&](const Ending& ending) {
      return ending.fate.decided_by == fate.decided_by;
    });
    if (fate.kind == Kind::accepted && !by_one) fate.decided_by.clear();
    return fate;
  }
  for (const Ending& ending : endings_)
    if (ending.fate.kind == Kind::undecidable) return {.decided_by = ending.fate.decided_by};
  for (const Ending& ending : endings_)
    if (!ending.doubt.empty()) return {.decided_by = ending.doubt};
  return {.decided_by = "base chains of one priority, whose order is not known"};
}

/// Until it ends or waits in front of a fork.
void PacketWalk::follow(Walker walker) {
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
bool PacketWalk::is_first_here(const Walker& walker) {
  return seen_.insert(key_of(walker)).second;
}

/// Where a packet goes is only known from hook to hook: it may have another destination by now.
void PacketWalk::skip_other_hooks(Walker& walker) const {
  while (walker.group < stations_.size() &&
         !passes(walker.packet->way, stations_[walker.group].hook)) {
    walker.group = end_of_group(stations_, walker.group);
    walker.passed = 0;
  }
}

/// False when the walker has ended; others wait for the other orders.
bool PacketWalk::enter_station(Walker& walker) {
  skip_other_hooks(walker);
  if (walker.group >= stations_.size()) {
    end(walker, Kind::accepted, walker.last_word);
    return false;
  }
  const std::size_t group_end = end_of_group(stations_, walker.group);
  if (group_end - walker.group > kMaxAtOnePriority) {
    end(walker, Kind::undecidable, "too many base chains of one priority");
    return false;
  }
  const std::vector<std::size_t> next = next_stations(walker, group_end);
  if (next.empty()) {
    walker.group = group_end;
    walker.passed = 0;
    return true;
  }
  const Station& first = stations_[next.front()];
  if (is_of_devices(first) && !is_met_for_certain(first, *walker.packet)) {
    Walker other = walker;
    other.passed |= 1U << (next.front() - walker.group);
    other.doubt = "the device of " + chain_words(*first.table, first.chain->name);
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
std::vector<std::size_t> PacketWalk::next_stations(const Walker& walker,
                                                   std::size_t group_end) const {
  std::vector<std::size_t> next;
  std::optional<std::int32_t> first_nat;
  const auto left = [&](std::size_t i) { return (walker.passed & 1U << (i - walker.group)) == 0; };
  for (std::size_t i = walker.group; i < group_end; ++i)
    if (left(i) && stations_[i].nat)
      first_nat = std::min(first_nat.value_or(stations_[i].among_nat), stations_[i].among_nat);
  for (std::size_t i = walker.group; i < group_end; ++i)
    if (left(i) && (!stations_[i].nat || stations_[i].among_nat == *first_nat)) next.push_back(i);
  return next;
}

void PacketWalk::start(Walker& walker, std::size_t index) const {
  walker.passed |= 1U << (index - walker.group);
  const Station& station = stations_[index];
  const bool done = is_for_destination(station.hook) ? walker.destination_done : walker.source_done;
  if (station.nat && (walker.untracked || done)) return;  // never called
  walker.station = &station;
  walker.frames = {{.chain = station.chain}};
}

/// The end of a base chain. False when that ends the walk.
bool PacketWalk::at_policy(Walker& walker) {
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

void PacketWalk::leave_station(Walker& walker) {
  walker.frames.clear();
  walker.station = nullptr;
}

}  // namespace packet

namespace {

PacketFate fate_of(const PacketPath& path, const PacketQuestion& question, Packet packet) {
  const auto asked = std::find(path.questions.begin(), path.questions.end(), question);
  if (asked == path.questions.end())
    return {.decided_by = "the rules were not read for this packet"};
  const auto index = static_cast<std::size_t>(asked - path.questions.begin());
  return packet::PacketWalk{path, index, std::move(packet)}.run();
}

}  // namespace

PacketFate evaluate(const PacketPath& path, const PacketQuestion& question) {
  return fate_of(path, question, question.packet);
}

PacketFate evaluate_from(const PacketPath& path, const PacketQuestion& question,
                         const std::vector<Interval>& sources) {
  Packet packet = question.packet;
  packet.source = sources;
  return fate_of(path, question, std::move(packet));
}

}  // namespace iptmode
