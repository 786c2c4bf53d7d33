// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string_view>

#include "iptmode/diagnose.h"

namespace iptmode::checks {

/// How the lack of one backend in the kernel is told.
struct MissingBackend {
  Backend backend = {};
  std::string_view symptom = {};    ///< what the program prints
  std::string_view in_kernel = {};  ///< how the kernel gets it, one step
};

/// A finding for everybody who would use a backend that this kernel cannot serve: critical where
/// somebody runs with it, a warning for a stopped k0s, a note for a host's iptables that nobody
/// calls. Undecided when the kernel's support is not known and somebody wants it.
[[nodiscard]] CheckOutcome find_users_without_support(const Snapshot& snapshot,
                                                      const MissingBackend& missing);

}  // namespace iptmode::checks
