// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <vector>

#include "iptmode/packet_path.h"

namespace iptmode::kernel {

/// Puts the names of ipsets where rules have their numbers: "--match-set #3 src" becomes
/// "--match-set kube-router-pod-subnets src". Asks the kernel about the sets of the calling
/// thread's network namespace, once about each, and only where a rule looks one up; a set that
/// does not tell its name keeps its number. Changes nothing.
void name_ip_sets(std::vector<PathTable>& tables);

}  // namespace iptmode::kernel
