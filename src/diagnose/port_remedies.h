// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

#include "diagnose/port_findings.h"

/// How a port that is needed comes back, in the words of whoever loads the rule that is in its way.
namespace iptmode::checks {

/// Steps that let new packets pass in the base chain where they end: firewalld's and ufw's own
/// commands where the rules are theirs, else iptables' or nft's.
[[nodiscard]] std::vector<std::string> open_it(const PortCase& port);

/// Steps that give back a port whose packets somebody else gets, by the chain that the rule is in.
[[nodiscard]] std::vector<std::string> free_it(const PortCase& port);

}  // namespace iptmode::checks
