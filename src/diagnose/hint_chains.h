// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

#include "diagnose/domains.h"

namespace iptmode::checks {

/// "in legacy mangle: KUBE-IPTABLES-HINT (ipv4), KUBE-KUBELET-CANARY (ipv4)"; "... none".
[[nodiscard]] std::string describe_hint_chains(const NetworkState& network, Backend backend);

/// "kubelet (pid 902)"; "kubelet" where none runs.
[[nodiscard]] std::string subject_of_hint(const Domain& domain);

/// The mangle tables of both backends were read.
[[nodiscard]] bool hints_were_read(const NetworkState& network);

}  // namespace iptmode::checks
