// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/node_questions.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "iptmode/address.h"
#include "model/other_addresses.h"
#include "model/pod_questions.h"

namespace iptmode {
namespace {

constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;
constexpr std::uint8_t kVrrp = 112;
constexpr Packet::Way kIn = Packet::Way::input;
constexpr Packet::Way kOut = Packet::Way::output;

constexpr std::string_view kCalicoVxlan = "calicoVxlan";

constexpr std::array kPorts{
    NodePort{"etcdPeers", kTcp, 2380, kIn, "etcd peers"},
    NodePort{"kubeApiserver", kTcp, 6443, kIn, "kube-apiserver"},
    NodePort{"kubeRouterBgp", kTcp, 179, kIn, "kube-router BGP"},
    NodePort{kCalicoVxlan, kUdp, 4789, kIn, "Calico VXLAN"},
    NodePort{"kubelet", kTcp, 10250, kIn, "kubelet"},
    NodePort{"k0sJoin", kTcp, 9443, kIn, "k0s API for joining controllers"},
    NodePort{"konnectivity", kTcp, 8132, kIn, "konnectivity"},
    NodePort{"vrrp", kVrrp, 0, kIn, "keepalived VRRP"},
    NodePort{"kubeApiserverOut", kTcp, 6443, kOut, "kube-apiserver"},
    NodePort{"konnectivityOut", kTcp, 8132, kOut, "konnectivity"},
};

/// Nothing but this address, in text.
Interval one(std::string_view address) {
  const std::string bytes = parse_address(address).value_or("");
  return {.low = bytes, .high = bytes};
}

/// The first address of the link that is valid beyond it, without its prefix.
std::optional<std::string> address_of(const std::vector<NetworkLink>& links, std::string_view name,
                                      IpFamily family) {
  for (const NetworkLink& link : links) {
    if (link.name != name) continue;
    for (const std::string& address : link.addresses)
      if (is_family(address, family) && !address.starts_with("fe80:"))
        return address.substr(0, address.find('/'));
  }
  return std::nullopt;
}

/// What packets of one family meet at the uplink.
struct Uplink {
  IpFamily family = IpFamily::ipv4;
  std::string link = {};
  std::string address = {};
  std::vector<Interval> sources = {};       ///< of what comes in: no pod of this node sends it
  std::vector<Interval> destinations = {};  ///< of what goes to a controller: no pod, no Service
};

/// Network plugins have rules for the addresses of pods and Services, which would leave it open
/// what becomes of a packet that has none of them.
void leave_out_the_cluster(Uplink& uplink, const std::vector<NetworkLink>& links,
                           const NodeNetworks& networks) {
  std::vector<AddressRange> own;
  if (const auto pods = own_pods(links, networks, uplink.family)) own.push_back(*pods);
  uplink.sources = other_addresses(uplink.family, own);
  std::vector<AddressRange> cluster = own;
  for (const auto* list : {&networks.pods, &networks.services})
    for (const NamedNetwork& named : *list)
      if (const auto network = parse_network(named.cidr)) cluster.push_back(*network);
  // k0s' defaults (docs/configuration.md), where the cluster's own are not found.
  if (networks.pods.empty()) cluster.push_back(*parse_network("10.244.0.0/16"));
  if (networks.services.empty()) cluster.push_back(*parse_network("10.96.0.0/12"));
  uplink.destinations = other_addresses(uplink.family, cluster);
}

/// Where packets to the port come from: what encapsulates does so for the nodes of its cluster
/// only, and a network plugin may well drop all others.
std::vector<Interval> sources_of(const NodePort& port, const Uplink& uplink,
                                 const std::vector<NetworkLink>& links) {
  if (port.id != kCalicoVxlan) return uplink.sources;
  std::vector<Interval> peers = calico_peers(links, port.port, uplink.sources);
  return peers.empty() ? uplink.sources : peers;
}

PacketQuestion question(const NodePort& port, const Uplink& uplink,
                        const std::vector<NetworkLink>& links) {
  PacketQuestion asked{.id = std::string{port.id}};
  Packet& packet = asked.packet;
  packet.way = port.way;
  packet.family = uplink.family;
  packet.protocol = port.protocol;
  const bool in = port.way == kIn;
  packet.source = in ? sources_of(port, uplink, links) : std::vector{one(uplink.address)};
  packet.destination = in ? std::vector{one(uplink.address)} : uplink.destinations;
  if (port.protocol == kVrrp)
    packet.destination = {one(uplink.family == IpFamily::ipv4 ? "224.0.0.18" : "ff02::12")};
  const std::string number = big_endian(port.port, 2);
  if (port.port != 0) packet.destination_port = {{.low = number, .high = number}};
  (in ? packet.in_interfaces : packet.out_interfaces) = {uplink.link};
  return asked;
}

bool is_any_of(IpFamily family, const std::vector<NamedNetwork>& networks) {
  return std::any_of(networks.begin(), networks.end(),
                     [&](const NamedNetwork& network) { return is_family(network.cidr, family); });
}

}  // namespace

std::span<const NodePort> node_ports() {
  return kPorts;
}

bool is_calicos_vxlan(const NetworkLink& link) {
  return link.kind == "vxlan" && link.name.starts_with("vxlan") && link.name.ends_with(".calico");
}

bool cluster_uses(IpFamily family, const NodeNetworks& networks) {
  if (networks.pods.empty() && networks.services.empty()) return family == IpFamily::ipv4;
  return is_any_of(family, networks.pods) || is_any_of(family, networks.services);
}

std::vector<PacketQuestion> node_questions(const Doors& doors,
                                           const std::vector<NetworkLink>& links,
                                           const NodeNetworks& networks) {
  std::vector<PacketQuestion> questions;
  for (const IpFamily family : kAllIpFamilies) {
    const std::string link = doors.uplink(family);
    const auto address = address_of(links, link, family);
    if (link.empty() || !address) continue;
    Uplink uplink{.family = family, .link = link, .address = *address};
    leave_out_the_cluster(uplink, links, networks);
    for (const NodePort& port : node_ports()) questions.push_back(question(port, uplink, links));
    for (PacketQuestion& of_pods : pod_questions(links, networks, family, link))
      questions.push_back(std::move(of_pods));
  }
  return questions;
}

}  // namespace iptmode
