// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnose/firewalld_commands.h"

#include <algorithm>

#include <fmt/format.h>

#include "diagnose/firewalld_view.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

/// firewalld empties the tables with the host's own iptables; rules in the other backend stay.
std::vector<Backend> flushed_backends(const Snapshot& snapshot) {
  const Program* const primary = snapshot.host ? snapshot.host->primary() : nullptr;
  if (primary != nullptr && primary->identity().backend) return {*primary->identity().backend};
  return {kAllBackends.begin(), kAllBackends.end()};
}

bool is_of_portmap(const std::string& pattern) {
  return pattern.starts_with("CNI-HOSTPORT") || pattern.starts_with("CNI-DN");
}

/// The networks that a link is in, where its neighbours are: "192.0.2.5/24" gives 192.0.2.0/24.
std::vector<ClusterRange> networks_of(const Snapshot& snapshot, std::string_view link,
                                      IpFamily family) {
  std::vector<ClusterRange> networks;
  if (!snapshot.network().links) return networks;
  for (const NetworkLink& one : *snapshot.network().links) {
    if (one.name != link) continue;
    for (const std::string& address : one.addresses) {
      const auto range = parse_network(address);
      if (range && (range->low.size() == 4) == (family == IpFamily::ipv4))
        networks.push_back({.cidr = address, .addresses = *range});
    }
  }
  return networks;
}

}  // namespace

std::vector<std::string> change_zone(std::string_view zone, std::string_view change) {
  const std::string option = zone.empty() ? std::string{} : fmt::format("--zone={} ", zone);
  return {fmt::format("firewall-cmd {}{}", option, change),
          fmt::format("firewall-cmd --permanent {}{}", option, change)};
}

std::string zone_of_uplink(const Snapshot& snapshot, IpFamily family) {
  if (!snapshot.firewalld || !snapshot.network().doors) return {};
  const Firewalld& firewalld = *snapshot.firewalld;
  const std::string uplink = snapshot.network().doors->uplink(family);
  // firewalld asks for a packet's source before it asks for the interface.
  for (const ClusterRange& network : networks_of(snapshot, uplink, family))
    if (const FirewalldZone* zone = zone_of_source(firewalld, network)) return zone->name;
  if (const FirewalldZone* zone = zone_of_interface(firewalld, uplink)) return zone->name;
  const FirewalldZone* const by_default = firewalld.default_zone();
  return by_default != nullptr ? by_default->name : std::string{};
}

std::vector<std::string> host_ports_lost_by_reload(const Snapshot& snapshot) {
  std::vector<std::string> lines;
  if (snapshot.firewalld && snapshot.firewalld->flushes_on_reload() == false) return lines;
  for (const Backend backend : flushed_backends(snapshot)) {
    const OwnerUse use = snapshot.network().use_of(Owner::cni, backend);
    if (use.translations == 0 || std::ranges::none_of(use.patterns, is_of_portmap)) continue;
    lines.push_back(fmt::format("{}: {} of CNI plugins, {} of them translate ({})",
                                to_string(backend), count_of(use.rules, "rule"), use.translations,
                                some_of(use.patterns)));
  }
  return lines;
}

std::vector<std::string> reload_steps(const Snapshot& snapshot) {
  std::vector<std::string> steps{"firewall-cmd --reload"};
  if (!host_ports_lost_by_reload(snapshot).empty())
    steps.emplace_back(
        "then delete the pods that have hostPorts, so that they are made anew: unless "
        "FlushAllOnReload=no this reload takes the rules of their ports (see firewalld_flush)");
  return steps;
}

}  // namespace iptmode::checks
