// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <vector>

#include "iptmode/snapshot.h"

namespace iptmode::checks {

/// One network namespace with those who share its firewall. Only members of the same domain can
/// conflict. Impostors are left out. Borrows from the snapshot.
struct Domain {
  const NetworkState* network = nullptr;  ///< never null; without parts when it was not read
  std::vector<const Component*> components = {};
  bool is_node = false;  ///< pid 1's: k0s' bin directory and the host's iptables belong here

  [[nodiscard]] const Component* find(ComponentKind kind) const;  ///< the first, or nullptr
  [[nodiscard]] bool runs_kubernetes() const;                     ///< a component of it is here
};

/// The node's own first, then the others by namespace number.
[[nodiscard]] std::vector<Domain> domains_of(const Snapshot& snapshot);

/// The components of all domains: everything but impostors, in the snapshot's order.
[[nodiscard]] std::vector<const Component*> members_of(const Snapshot& snapshot);

/// The network state that a component's rules are in; one without parts when it was not read.
[[nodiscard]] const NetworkState& network_of(const Component& component, const Snapshot& snapshot);

}  // namespace iptmode::checks
