// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <functional>

#include "snapshot_builder.h"

namespace iptmode::testing {

/// The zone of the setup that is known to work on a k0s node.
inline FirewalldZone k0s_zone() {
  return {.name = "k0s",
          .forward = true,
          .masquerade = true,
          .sources = {"10.244.0.0/16", "10.96.0.0/12"},
          .ports = {"10250/tcp", "179/tcp", "179/udp", "6443/tcp", "80/tcp", "8132/tcp"}};
}

/// A running firewalld with its nftables backend, that zone and Debian's default zone.
inline Firewalld a_firewalld() {
  const FirewalldSettings settings{
      .backend = "nftables", .flush_all_on_reload = true, .default_zone = "public"};
  return {
      .running = true,
      .pid = 812,
      .bus_owner = ":1.7",
      .version = "1.3.3",
      .file = settings,
      .daemon = settings,
      .source = FirewalldSource::daemon,
      .zones = {k0s_zone(),
                {.name = "public", .is_default = true, .forward = true, .interfaces = {"eth0"}}}};
}

/// A healthy node with that firewalld, and the kernel's table of it.
inline NodeBuilder a_node_with_firewalld(const std::function<void(Firewalld&)>& change = {}) {
  Firewalld firewalld = a_firewalld();
  if (change) change(firewalld);
  return a_node()
      .nft_table({.family = "inet",
                  .name = "firewalld",
                  .table_owner = Owner::firewalld,
                  .chains = 90,
                  .rules = 200})
      .edit([&](Snapshot& snapshot) { snapshot.firewalld = firewalld; });
}

}  // namespace iptmode::testing
