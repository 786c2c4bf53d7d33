// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>

#include "diagnose/domains.h"
#include "iptmode/snapshot.h"

namespace iptmode::checks {

/// What the CNI plugins of this node write when a pod starts or ends.
struct CniSide {
  Backend backend = {};
  std::string reason = {};  ///< one line of evidence
};

/// k0s puts its bin directory in front of the PATH of what it supervises, and containerd hands that
/// on to the plugins (k0s: pkg/supervisor/supervisor.go, getEnv). Nothing where containerd is not
/// k0s' own, or the directory's iptables is not known.
[[nodiscard]] std::optional<CniSide> cni_side(const Domain& domain, const Snapshot& snapshot);

}  // namespace iptmode::checks
