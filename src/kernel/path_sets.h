// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "iptmode/packet_path.h"

namespace iptmode::kernel {

/// Puts the names of ipsets where rules have their numbers ("--match-set #3 src" becomes
/// "--match-set kube-router-pod-subnets src"), and into `path` the members of those that hold
/// addresses. Asks the kernel about the sets of the calling thread's network namespace, once about
/// each, and only where a rule looks one up: then ipset is there. A set that does not tell its name
/// keeps its number, one that does not tell its members is not known. Changes nothing.
void describe_ip_sets(PacketPath& path);

}  // namespace iptmode::kernel
