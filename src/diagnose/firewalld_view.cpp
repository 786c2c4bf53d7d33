// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnose/firewalld_view.h"

#include <algorithm>

#include <fmt/format.h>

#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

// k0s: pkg/apis/k0s/v1beta1/network.go
constexpr std::string_view kDefaultPods = "10.244.0.0/16";
constexpr std::string_view kDefaultServices = "10.96.0.0/12";

std::vector<ClusterRange> ranges_of(const std::vector<NamedNetwork>& networks,
                                    std::string_view by_default, const Snapshot& snapshot) {
  std::vector<ClusterRange> ranges;
  for (const NamedNetwork& network : networks) {
    const auto addresses = parse_network(network.cidr);
    const bool known = std::ranges::any_of(
        ranges, [&](const ClusterRange& range) { return range.cidr == network.cidr; });
    if (addresses && !known) ranges.push_back({network.cidr, network.origin, *addresses});
  }
  if (ranges.empty() && snapshot.node.distribution != Distribution::none)
    ranges.push_back({.cidr = std::string{by_default},
                      .origin = "k0s' default; nothing on this node names another",
                      .addresses = *parse_network(by_default)});
  return ranges;
}

bool contains(const AddressRange& outer, const AddressRange& inner) {
  return outer.contains(inner.low) && outer.contains(inner.high);
}

bool names(const std::vector<std::string>& zones, const FirewalldZone& zone) {
  return std::ranges::any_of(
      zones, [&](const std::string& name) { return name == "ANY" || name == zone.name; });
}

std::optional<FirewalldSide> side_in_kernel(const NetworkState& network) {
  const auto is_native = [](const NftTable& table) {
    return table.family == "inet" && table.name == "firewalld" && table.chains > 0;
  };
  if (network.nft && std::ranges::any_of(*network.nft, is_native))
    return FirewalldSide{.backend = Backend::nf_tables,
                         .word = "nftables",
                         .evidence = "the kernel has its table inet firewalld"};
  for (const Backend backend : kAllBackends) {
    const OwnerUse use = network.use_of(Owner::firewalld, backend);
    if (use.rules == 0) continue;
    return FirewalldSide{.backend = backend,
                         .word = "iptables",
                         .evidence = fmt::format("{} of it in iptables' tables, {}",
                                                 count_of(use.rules, "rule"), to_string(backend))};
  }
  return std::nullopt;
}

}  // namespace

std::vector<ClusterRange> pod_ranges(const Snapshot& snapshot) {
  return ranges_of(snapshot.node_networks.pods, kDefaultPods, snapshot);
}

std::vector<ClusterRange> service_ranges(const Snapshot& snapshot) {
  return ranges_of(snapshot.node_networks.services, kDefaultServices, snapshot);
}

const FirewalldZone* zone_of_source(const Firewalld& firewalld, const ClusterRange& range) {
  const auto takes = [&](const std::string& source) {
    const auto network = parse_network(source);
    return network && contains(*network, range.addresses);
  };
  const auto found = std::ranges::find_if(firewalld.zones, [&](const FirewalldZone& zone) {
    return std::ranges::any_of(zone.sources, takes);
  });
  return found != firewalld.zones.end() ? &*found : nullptr;
}

const FirewalldZone* zone_of_interface(const Firewalld& firewalld, std::string_view name) {
  const auto takes = [&](const std::string& interface) {
    if (interface == name) return true;
    return interface.ends_with('+') &&
           name.starts_with(std::string_view{interface}.substr(0, interface.size() - 1));
  };
  const auto found = std::ranges::find_if(firewalld.zones, [&](const FirewalldZone& zone) {
    return std::ranges::any_of(zone.interfaces, takes);
  });
  return found != firewalld.zones.end() ? &*found : nullptr;
}

Forwarding forwarding_in(const Firewalld& firewalld, const FirewalldZone& zone) {
  // The zone's own rules come before its target, whatever that is.
  if (zone.target == "ACCEPT" || zone.forward) return Forwarding::accepted;
  const bool by_policy =
      std::ranges::any_of(firewalld.policies, [&](const FirewalldPolicy& policy) {
        return policy.target == "ACCEPT" && names(policy.ingress_zones, zone) &&
               names(policy.egress_zones, zone);
      });
  return by_policy ? Forwarding::accepted : Forwarding::refused;
}

FirewalldSide side_of_firewalld(const Snapshot& snapshot) {
  if (auto side = side_in_kernel(snapshot.network())) return *side;
  const Firewalld& firewalld = *snapshot.firewalld;
  const bool asked = firewalld.daemon.backend.has_value();
  const auto& word = asked ? firewalld.daemon.backend : firewalld.file.backend;
  if (!word) return {};
  FirewalldSide side{.word = *word,
                     .evidence = fmt::format(
                         "FirewallBackend={} {}", *word,
                         asked ? "of the running daemon" : "in /etc/firewalld/firewalld.conf")};
  if (*word == "nftables") {
    side.backend = Backend::nf_tables;
  } else if (snapshot.host && snapshot.host->primary() != nullptr) {
    side.backend = snapshot.host->primary()->identity().backend;
  }
  return side;
}

std::string subject_of(const Firewalld& firewalld) {
  return firewalld.pid != 0 ? fmt::format("firewalld (pid {})", firewalld.pid) : "firewalld";
}

std::string source_of(const Firewalld& firewalld) {
  return firewalld.source == FirewalldSource::daemon
             ? "as the running daemon says"
             : "as its files say: the daemon was not asked, or did not answer";
}

std::optional<std::string> no_firewalld(const Snapshot& snapshot) {
  if (!snapshot.firewalld) return "firewalld is not installed";
  if (!snapshot.firewalld->running) return "firewalld does not run";
  return std::nullopt;
}

}  // namespace iptmode::checks
