// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/path_collector.h"

#include <algorithm>
#include <utility>

namespace iptmode::kernel {
namespace {

bool is_of_family(std::string_view family, const Packet& packet) {
  if (family == "inet" || family == "netdev") return true;
  return family == (packet.family == IpFamily::ipv4 ? "ip" : "ip6");
}

bool passes(const Packet& packet, std::string_view hook) {
  switch (packet.way) {
    case Packet::Way::input: return hook == "ingress" || hook == "prerouting" || hook == "input";
    case Packet::Way::forward:
      return hook == "ingress" || hook == "prerouting" || hook == "forward" ||
             hook == "postrouting" || hook == "egress";
    case Packet::Way::output: return hook == "output" || hook == "postrouting" || hook == "egress";
  }
  return false;
}

}  // namespace

std::vector<const Packet*> packets_of(std::string_view family,
                                      const std::vector<PacketQuestion>& questions) {
  std::vector<const Packet*> packets;
  for (const PacketQuestion& question : questions)
    if (is_of_family(family, question.packet)) packets.push_back(&question.packet);
  return packets;
}

PathCollector::PathCollector(PathTable table, const std::vector<PacketQuestion>& questions,
                             PathBudget& budget)
    : table_{std::move(table)}, packets_{packets_of(table_.family, questions)}, budget_{budget} {}

bool PathCollector::is_on_the_way(const BaseChain& base) const {
  return std::any_of(packets_.begin(), packets_.end(),
                     [&](const Packet* packet) { return passes(*packet, base.hook); });
}

void PathCollector::add_base(const BaseChain& base) {
  known_.insert(base.name);
  waiting_.push_back({.name = base.name, .base = base});
}

PathChain* PathCollector::next() {
  if (waiting_.empty()) return nullptr;
  table_.chains.push_back(std::move(waiting_.front()));
  waiting_.pop_front();
  return &table_.chains.back();
}

bool PathCollector::can_meet(const Rule& rule) const {
  return std::any_of(packets_.begin(), packets_.end(),
                     [&](const Packet* packet) { return can_match(rule, *packet); });
}

void PathCollector::keep(PathChain& chain, std::uint32_t number, Rule rule) {
  if (chain.cut) return;
  const bool jumps =
      rule.action.kind == Action::Kind::jump || rule.action.kind == Action::Kind::go_to;
  const bool new_chain = jumps && !known_.contains(rule.action.chain);
  if (budget_.rules == 0 || (new_chain && budget_.chains == 0)) {
    chain.cut = true;
    return;
  }
  --budget_.rules;
  if (new_chain) {
    --budget_.chains;
    follow(rule.action.chain);
  }
  chain.rules.push_back({.number = number, .rule = std::move(rule)});
}

void PathCollector::follow(const std::string& chain) {
  known_.insert(chain);
  waiting_.push_back({.name = chain});
}

}  // namespace iptmode::kernel
