// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "collect/process_scan.h"
#include "iptmode/component.h"

namespace iptmode::collect {

/// A component and its command line, which is read for settings and does not enter the snapshot.
struct FoundComponent {
  Component component = {};
  std::vector<std::string> arguments = {};
};

/// A network namespace that holds a node: only components that share it can conflict.
struct Domain {
  NamespaceId network = 0;
  pid_t witness = 0;  ///< a process that lives in it
  bool operator==(const Domain&) const = default;
};

struct Discovery {
  std::vector<FoundComponent> components = {};  ///< sorted as Snapshot::components
  std::vector<Domain> domains = {};             ///< the node's own first
};

/// Turns processes into components. The network namespace of `scan.node` is the node's own; another
/// one that holds a kubelet or k0s with CAP_NET_ADMIN in the node's user namespace is a node inside
/// a container. A process in none of these, in another user namespace, or without CAP_NET_ADMIN is
/// an impostor. Processes of one kind in one place are one component, the one of the lowest rank
/// and pid.
[[nodiscard]] Discovery discover(ProcessScan scan);

}  // namespace iptmode::collect
