// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "iptmode/escape.h"
#include "iptmode/fleet.h"

namespace iptmode {

namespace {

using Counts = std::map<std::string, std::size_t>;

Counts group_sizes(const std::vector<FleetNode>& nodes) {
  Counts sizes;
  for (const FleetNode& node : nodes) ++sizes[node.fingerprint];
  return sizes;
}

// Smallest group first; between groups of one size the fingerprint decides, so that the order is
// the same whatever the order of the files.
void sort_by_group(std::vector<FleetNode>& nodes) {
  const Counts sizes = group_sizes(nodes);
  std::ranges::sort(nodes, {}, [&](const FleetNode& node) {
    return std::tuple(sizes.at(node.fingerprint), std::string_view{node.fingerprint},
                      std::string_view{node.hostname}, std::string_view{node.file});
  });
}

std::vector<FleetGroup> groups_of(const std::vector<FleetNode>& nodes) {
  std::vector<FleetGroup> groups;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (groups.empty() || groups.back().fingerprint != nodes[i].fingerprint)
      groups.push_back({.fingerprint = nodes[i].fingerprint});
    groups.back().nodes.push_back(i);
  }
  return groups;
}

std::vector<SharedFault> faults_of(const std::vector<FleetNode>& nodes) {
  std::map<std::string_view, SharedFault> by_check;
  for (std::size_t i = 0; i < nodes.size(); ++i)
    for (const FleetFault& fault : nodes[i].faults) {
      SharedFault& shared = by_check[fault.check];
      shared.check = fault.check;
      shared.severity = std::max(shared.severity, fault.severity);
      shared.nodes.push_back(i);
    }
  std::vector<SharedFault> faults;
  for (auto& [check, fault] : by_check) faults.push_back(std::move(fault));
  std::ranges::stable_sort(faults, [](const SharedFault& a, const SharedFault& b) {
    return std::tuple(a.severity, a.nodes.size()) > std::tuple(b.severity, b.nodes.size());
  });
  return faults;
}

std::size_t count(const Fleet& fleet, Verdict verdict) {
  return static_cast<std::size_t>(std::ranges::count(fleet.nodes, verdict, &FleetNode::verdict));
}

Verdict verdict_of(const Fleet& fleet) {
  if (count(fleet, Verdict::fail) > 0) return Verdict::fail;
  if (count(fleet, Verdict::unknown) > 0 || !fleet.unread.empty()) return Verdict::unknown;
  return count(fleet, Verdict::warn) > 0 ? Verdict::warn : Verdict::pass;
}

// "2 of 12 nodes fail, 1 unknown, 1 file not read; 3 groups"
std::string message_of(const Fleet& fleet) {
  constexpr std::array kTold{std::pair{Verdict::fail, "fail"}, std::pair{Verdict::warn, "warn"},
                             std::pair{Verdict::unknown, "unknown"}};
  std::string message;
  for (const auto& [verdict, word] : kTold)
    if (const std::size_t nodes = count(fleet, verdict); nodes > 0)
      message += fmt::format("{}{} {}", message.empty() ? "" : ", ", nodes, word);
  const std::size_t all = fleet.nodes.size();
  message = message.empty() ? fmt::format("{} nodes, all pass", all)
                            : fmt::format("{} nodes: {}", all, message);
  if (all == 0) message = "no node could be read";
  if (!fleet.unread.empty())
    message += fmt::format(", {} file{} not read", fleet.unread.size(),
                           fleet.unread.size() == 1 ? "" : "s");
  const std::size_t groups = fleet.groups.size();
  if (groups == 1 && all > 1) return message + "; all alike";
  return groups > 1 ? message + fmt::format("; {} groups that differ", groups) : message;
}

// All nodes were held against one list.
std::vector<ExceptionUse> exceptions_of(const std::vector<FleetNode>& nodes) {
  std::vector<ExceptionUse> joined;
  for (const FleetNode& node : nodes) {
    if (joined.empty()) {
      joined = node.exceptions;
      continue;
    }
    for (std::size_t i = 0; i < joined.size() && i < node.exceptions.size(); ++i) {
      joined[i].state = std::min(joined[i].state, node.exceptions[i].state);
      joined[i].findings += node.exceptions[i].findings;
    }
  }
  return joined;
}

}  // namespace

Fleet compare_nodes(std::vector<FleetNode> nodes, std::vector<UnreadFile> unread) {
  sort_by_group(nodes);
  std::ranges::sort(unread, {},
                    [](const UnreadFile& file) { return std::tie(file.file, file.reason); });
  Fleet fleet{.nodes = std::move(nodes), .unread = std::move(unread)};
  fleet.groups = groups_of(fleet.nodes);
  fleet.faults = faults_of(fleet.nodes);
  fleet.exceptions = exceptions_of(fleet.nodes);
  fleet.verdict = verdict_of(fleet);
  fleet.message = message_of(fleet);
  return fleet;
}

}  // namespace iptmode
