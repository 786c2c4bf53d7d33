// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "iptmode/snapshot.h"

namespace iptmode::testing {

/// Gives the node of a snapshot an uplink, eth0 at 192.0.2.1 and 2001:db8::1, the questions that
/// are asked there, and sockets on these tcp ports. No rule yet.
void give_uplink(Snapshot& snapshot, const std::vector<std::uint16_t>& tcp_listeners);

/// Adds a base chain of a filter table to what packets meet, and to the tables that were read.
/// Tables are told apart by backend and family ("ip"; others are native).
struct PathBase {
  Backend backend = Backend::nf_tables;
  std::string family = "ip";
  std::string table = "filter";
  std::string chain = "INPUT";
  std::string hook = "input";
  std::string policy = "accept";
  std::vector<Rule> rules = {};
};
void add_base(Snapshot& snapshot, const PathBase& base);

/// To be called when all rules are there, as a reader of the kernel does. cni0 has 10.244.3.0/24.
void follow_translations(Snapshot& snapshot);

}  // namespace iptmode::testing
