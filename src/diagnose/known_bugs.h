// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "diagnose/iptables_users.h"
#include "iptmode/finding.h"
#include "iptmode/snapshot.h"

namespace iptmode::checks {

/// What a bug can do to one user on this node. A version alone makes no more than a note:
/// distributions mend such bugs without a new number (Debian's 1.8.11-2, RHEL's 1.8.2 and 1.8.4).
struct Bite {
  Severity severity = Severity::info;
  std::string because = {};  ///< the fact that gives the bug something to bite on
};

struct Surroundings {
  const NetworkState& network;
  const Snapshot& snapshot;
};

/// One bug of the releases `first` to `last`.
struct Bug {
  Version first = {};
  Version last = {};
  Backend backend = {};
  std::string_view what = {};     ///< "`-C` and `-D` ignore interface names"
  std::string_view confirm = {};  ///< how to tell a mended build from a bad one
  std::string_view remedy = {};
  /// Nothing where this user never does what the bug needs.
  std::optional<Bite> (*bite)(const IptablesUser&, const Surroundings&) = nullptr;
  /// The probe that looks for it in the program itself; empty: there is none.
  std::string_view probe = {};
};

/// Each has its place in the sources that version_known_bad names.
[[nodiscard]] std::span<const Bug> known_bugs() noexcept;

}  // namespace iptmode::checks
