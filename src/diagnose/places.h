// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

#include "iptmode/snapshot.h"

namespace iptmode::checks {

/// One place that iptables comes from, under the name that findings give it.
struct NamedPlace {
  std::string subject = {};
  const Installation* installation = nullptr;  ///< never null
  const Component* component = nullptr;        ///< null for k0s' bin directory and the host
};

/// k0s' bin directory, the host, then every component's own place. Impostors are left out. Borrows
/// from the snapshot.
[[nodiscard]] std::vector<NamedPlace> places_of(const Snapshot& snapshot);

/// Whether two names lead to one file: by its identity where both are known, else by its path.
[[nodiscard]] bool same_file(const Program& a, const Program& b);

}  // namespace iptmode::checks
