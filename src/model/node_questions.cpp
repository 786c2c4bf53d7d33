// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/node_questions.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "iptmode/address.h"
#include "model/other_addresses.h"

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

bool is_family(std::string_view address, IpFamily family) {
  return (address.find(':') != std::string_view::npos) == (family == IpFamily::ipv6);
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

/// Interfaces that the node's pods are behind.
std::vector<std::string> bridges_of(const NodeNetworks& networks) {
  std::vector<std::string> bridges{"kube-bridge", "cni0"};
  for (const CniNetwork& network : networks.cni)
    bridges.insert(bridges.end(), network.bridges.begin(), network.bridges.end());
  return bridges;
}

std::vector<std::string> pod_links(const std::vector<NetworkLink>& links,
                                   const std::vector<std::string>& bridges) {
  std::vector<std::string> names;
  for (const NetworkLink& link : links)
    if (link.name.starts_with("cali") ||
        std::find(bridges.begin(), bridges.end(), link.name) != bridges.end())
      names.push_back(link.name);
  return names;
}

std::size_t size_of_address(IpFamily family) {
  return family == IpFamily::ipv4 ? 4 : 16;
}

/// The network of the bridge of this node's own pods.
std::optional<AddressRange> own_pods(const std::vector<NetworkLink>& links,
                                     const std::vector<std::string>& bridges, IpFamily family) {
  for (const std::string& bridge : bridges)
    for (const NetworkLink& link : links)
      if (link.name == bridge)
        for (const std::string& address : link.addresses)
          if (auto network = parse_network(address);
              network && is_family(address, family) && !address.starts_with("fe80:"))
            return network;
  return std::nullopt;
}

/// The bits in which the addresses of a network differ.
std::string host_bits(const AddressRange& network) {
  std::string bits = network.high;
  for (std::size_t i = 0; i < bits.size(); ++i)
    bits[i] = static_cast<char>(bits[i] ^ network.low[i]);
  return bits;
}

/// The networks of all pods of the family, the widest first.
std::vector<AddressRange> all_pods(const NodeNetworks& networks, IpFamily family) {
  std::vector<AddressRange> ranges;
  for (const NamedNetwork& named : networks.pods)
    if (const auto range = parse_network(named.cidr);
        range && range->low.size() == size_of_address(family))
      ranges.push_back(*range);
  std::stable_sort(ranges.begin(), ranges.end(), [](const AddressRange& a, const AddressRange& b) {
    return host_bits(a) > host_bits(b);
  });
  return ranges;
}

/// An address so many before the end: hardly one that a pod has, and so one without rules of its
/// own.
std::string last_address(const AddressRange& network, unsigned before_end) {
  std::string bytes = network.high;
  bytes.back() = static_cast<char>(static_cast<unsigned char>(bytes.back()) - before_end);
  return bytes;
}

Interval alone(const std::string& bytes) {
  return {.low = bytes, .high = bytes};
}

/// Addresses that stand for a pod of this node and for one of another.
struct PodAddresses {
  std::string here = {};
  std::string elsewhere = {};
};

/// In `all` and not on this node, where there is one.
std::string elsewhere(const AddressRange& all, const AddressRange& own) {
  std::string bytes = last_address(all, 1);
  if (!own.contains(bytes) || all == own) return bytes;
  bytes = all.low;
  bytes.back() = static_cast<char>(static_cast<unsigned char>(bytes.back()) + 2U);
  return bytes;
}

std::optional<PodAddresses> pod_addresses(const std::vector<NetworkLink>& links,
                                          const NodeNetworks& networks, IpFamily family) {
  std::vector<AddressRange> all = all_pods(networks, family);
  const auto own = own_pods(links, bridges_of(networks), family);
  if (all.empty() && !own && family == IpFamily::ipv4) all = {*parse_network("10.244.0.0/16")};
  if (all.empty() && !own) return std::nullopt;
  const AddressRange here = own.value_or(all.empty() ? AddressRange{} : all.front());
  const auto around = std::find_if(all.begin(), all.end(), [&](const AddressRange& range) {
    return range.contains(here.low) && range.contains(here.high);
  });
  return PodAddresses{.here = last_address(here, 2),
                      .elsewhere = elsewhere(around == all.end() ? here : *around, here)};
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
  if (const auto pods = own_pods(links, bridges_of(networks), uplink.family)) own.push_back(*pods);
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

/// Networks that are kept for documentation (RFC 5737, RFC 3849) stand for the outside.
Interval outside(IpFamily family) {
  return one(family == IpFamily::ipv4 ? "203.0.113.1" : "2001:db8:ffff::1");
}

PacketQuestion pod_question(std::string_view id, const std::string& source, Interval destination,
                            const Uplink& uplink) {
  constexpr std::uint16_t kHttps = 443;
  const std::string port = big_endian(kHttps, 2);
  return {.id = std::string{id},
          .packet = {.way = Packet::Way::forward,
                     .family = uplink.family,
                     .protocol = kTcp,
                     .source = {alone(source)},
                     .destination = {std::move(destination)},
                     .destination_port = {{.low = port, .high = port}},
                     .out_interfaces = {uplink.link}}};
}

bool is_any_of(IpFamily family, const std::vector<NamedNetwork>& networks) {
  return std::any_of(networks.begin(), networks.end(),
                     [&](const NamedNetwork& network) { return is_family(network.cidr, family); });
}

}  // namespace

std::span<const NodePort> node_ports() {
  return kPorts;
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
    const auto pods = pod_addresses(links, networks, family);
    if (!pods) continue;
    questions.push_back(pod_question(kPodToOutside, pods->here, outside(family), uplink));
    questions.push_back(pod_question(kPodToPod, pods->here, alone(pods->elsewhere), uplink));
    for (PacketQuestion* asked : {&*(questions.end() - 2), &*(questions.end() - 1)})
      asked->packet.in_interfaces = pod_links(links, bridges_of(networks));
  }
  return questions;
}

}  // namespace iptmode
