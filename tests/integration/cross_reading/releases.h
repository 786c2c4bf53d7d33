// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

#include "cross_reading/trial.h"

namespace iptmode::cross_reading::test {

/// One release of iptables in a small root directory, see tests/node/fetch_roots.
struct Release {
  Version version = {};
  std::string root = {};
};

/// 1.8.7, 1.8.9, 1.8.11, 1.8.13; empty where they were not fetched.
[[nodiscard]] std::vector<Release> releases();

/// IPTMODE_REQUIRE_ROOTS=1: what cannot be tried without them fails.
[[nodiscard]] bool roots_are_required();

/// Its iptables-nft as a reader.
[[nodiscard]] Candidate candidate(const Release& release);
/// Its iptables-legacy.
[[nodiscard]] Candidate legacy_candidate(const Release& release);

/// A command that runs an applet of the release's iptables-nft: "iptables-restore".
[[nodiscard]] std::string command(const Release& release, const std::string& applet);

}  // namespace iptmode::cross_reading::test
