// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "diagnose/port_needs.h"
#include "iptmode/snapshot.h"

namespace iptmode::checks {

/// A port that is needed here, in one address family, and what becomes of packets to it.
struct PortCase {
  const Snapshot& snapshot;
  const NodePort& port;
  const PacketQuestion& question;
  const PortNeed& need;
  const PacketFate& fate;
  /// Where the fate of all packets is undecidable: what becomes of those from the networks that the
  /// uplink is in. Cluster nodes are there, and a firewall that lets just them in is a usual one.
  std::optional<PacketFate> of_neighbours = {};

  [[nodiscard]] bool lets_neighbours_in() const {
    return of_neighbours && of_neighbours->kind == PacketFate::Kind::accepted &&
           of_neighbours->translated_by.empty();
  }
};

/// The port that packets come to in the end: another one where a rule redirects them.
[[nodiscard]] std::uint16_t final_port(const PortCase& port);

/// "kubelet (tcp 10250)", "konnectivity (tcp 8132, outbound)", "kubelet (tcp 10250, IPv6)"
[[nodiscard]] std::string subject_of(const PortCase& port);

/// The same with the need, the listener and the fate: one line for whoever asks what is open.
[[nodiscard]] std::string answer_of(const PortCase& port);

/// "etcd peers (tcp 2380): not needed: this is no controller"
[[nodiscard]] std::string answer_without_need(const NodePort& port, std::string_view why);

/// "a new ipv4 packet that comes in by eth0: dropped by legacy filter INPUT, policy drop"
[[nodiscard]] std::string describe_fate(const PortCase& port);

/// What there is to say: nothing where packets arrive.
[[nodiscard]] std::optional<Finding> finding_of(const PortCase& port);

}  // namespace iptmode::checks
