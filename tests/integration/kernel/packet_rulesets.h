// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace iptmode::kernel {

// The commands of a ruleset.
inline constexpr const char* kNft4 = "iptables-nft-restore";
inline constexpr const char* kNft6 = "ip6tables-nft-restore";
inline constexpr const char* kLegacy4 = "iptables-legacy-restore";
inline constexpr const char* kLegacy6 = "ip6tables-legacy-restore";
inline constexpr const char* kNative = "nft -f -";

/// A firewall for PacketLab: commands and what they are fed.
struct PacketRuleset {
  std::string name = {};
  std::vector<std::pair<std::string, std::string>> texts = {};
};

/// Written by hand: what tells evaluators apart.
[[nodiscard]] std::vector<PacketRuleset> written_rulesets();

/// Written by hand: rules that give packets another destination.
[[nodiscard]] std::vector<PacketRuleset> translating_rulesets();

/// Written by hand: rules that look addresses up in ipsets.
[[nodiscard]] std::vector<PacketRuleset> ip_set_rulesets();

/// Made by chance, always the same: chains of conditions that iptables has, in one or both
/// backends, and native chains at several priorities.
[[nodiscard]] std::vector<PacketRuleset> generated_rulesets();

}  // namespace iptmode::kernel
