// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "diagnose/domains.h"
#include "iptmode/finding.h"
#include "iptmode/node_questions.h"

namespace iptmode::checks {

/// Why a port has to be open on this node.
struct PortNeed {
  std::string why = {};   ///< "kube-apiserver of a controller"
  std::string harm = {};  ///< "workers and kubectl cannot reach the API"
  Severity severity = Severity::error;
};

/// By the node's role and distribution and by what runs and listens there; nothing where nobody
/// needs the port.
[[nodiscard]] std::optional<PortNeed> need_of(const NodePort& port, const Node& here,
                                              const Domain& domain, const Doors& doors);

/// Of a port without need: "kube-router does not run".
[[nodiscard]] std::string_view why_not_needed(const NodePort& port, const Node& here);

}  // namespace iptmode::checks
