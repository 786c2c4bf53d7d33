// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/node_questions.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "iptmode/address.h"

namespace iptmode {
namespace {

constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;
constexpr std::uint8_t kVrrp = 112;
constexpr Packet::Way kIn = Packet::Way::input;
constexpr Packet::Way kOut = Packet::Way::output;

constexpr std::array kPorts{
    NodePort{"etcdPeers", kTcp, 2380, kIn, "etcd peers"},
    NodePort{"kubeApiserver", kTcp, 6443, kIn, "kube-apiserver"},
    NodePort{"kubeRouterBgp", kTcp, 179, kIn, "kube-router BGP"},
    NodePort{"calicoVxlan", kUdp, 4789, kIn, "Calico VXLAN"},
    NodePort{"kubelet", kTcp, 10250, kIn, "kubelet"},
    NodePort{"k0sJoin", kTcp, 9443, kIn, "k0s API for joining controllers"},
    NodePort{"konnectivity", kTcp, 8132, kIn, "konnectivity"},
    NodePort{"vrrp", kVrrp, 0, kIn, "keepalived VRRP"},
    NodePort{"kubeApiserverOut", kTcp, 6443, kOut, "kube-apiserver"},
    NodePort{"konnectivityOut", kTcp, 8132, kOut, "konnectivity"},
};

Interval range(std::string_view text) {
  const auto network = parse_network(text);
  return network ? Interval{.low = network->low, .high = network->high} : Interval{};
}

Interval one(std::string_view address) {
  const std::string bytes = parse_address(address).value_or("");
  return {.low = bytes, .high = bytes};
}

/// Addresses that a packet from or to another machine can have.
std::vector<Interval> others(IpFamily family) {
  if (family == IpFamily::ipv6) return {range("2000::/3"), range("fc00::/7")};
  return {{.low = one("1.0.0.0").low, .high = one("126.255.255.255").high},
          {.low = one("128.0.0.0").low, .high = one("223.255.255.255").high}};
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

/// The pods' network of this node by the address of its bridge; k0s' default without one.
AddressRange pod_network(const std::vector<NetworkLink>& links) {
  for (const std::string_view bridge : {"kube-bridge", "cni0"})
    for (const NetworkLink& link : links)
      if (link.name == bridge)
        for (const std::string& address : link.addresses)
          if (const auto network = parse_network(address);
              network && is_family(address, IpFamily::ipv4))
            return *network;
  return *parse_network("10.244.0.0/16");
}

std::vector<std::string> pod_links(const std::vector<NetworkLink>& links) {
  std::vector<std::string> names;
  for (const NetworkLink& link : links)
    if (link.name == "kube-bridge" || link.name == "cni0" || link.name.starts_with("cali"))
      names.push_back(link.name);
  return names;
}

/// One of the last addresses: hardly one that a pod has, and so one without rules of its own.
Interval last_address(const AddressRange& network, unsigned before_end) {
  std::string bytes = network.high;
  bytes.back() = static_cast<char>(static_cast<unsigned char>(bytes.back()) - before_end);
  return {.low = bytes, .high = bytes};
}

/// What packets of one family meet at the uplink.
struct Uplink {
  IpFamily family = IpFamily::ipv4;
  std::string link = {};
  std::string address = {};
};

PacketQuestion question(const NodePort& port, const Uplink& uplink) {
  PacketQuestion asked{.id = std::string{port.id}};
  Packet& packet = asked.packet;
  packet.way = port.way;
  packet.family = uplink.family;
  packet.protocol = port.protocol;
  const bool in = port.way == kIn;
  packet.source = in ? others(uplink.family) : std::vector{one(uplink.address)};
  packet.destination = in ? std::vector{one(uplink.address)} : others(uplink.family);
  if (port.protocol == kVrrp)
    packet.destination = {one(uplink.family == IpFamily::ipv4 ? "224.0.0.18" : "ff02::12")};
  const std::string number = big_endian(port.port, 2);
  if (port.port != 0) packet.destination_port = {{.low = number, .high = number}};
  (in ? packet.in_interfaces : packet.out_interfaces) = {uplink.link};
  return asked;
}

PacketQuestion pod_question(std::string_view id, Interval destination, const Uplink& uplink,
                            const std::vector<NetworkLink>& links) {
  constexpr std::uint16_t kHttps = 443;
  const std::string port = big_endian(kHttps, 2);
  return {.id = std::string{id},
          .packet = {.way = Packet::Way::forward,
                     .family = IpFamily::ipv4,
                     .protocol = kTcp,
                     .source = {last_address(pod_network(links), 2)},
                     .destination = {std::move(destination)},
                     .destination_port = {{.low = port, .high = port}},
                     .in_interfaces = pod_links(links),
                     .out_interfaces = {uplink.link}}};
}

}  // namespace

std::span<const NodePort> node_ports() {
  return kPorts;
}

std::vector<PacketQuestion> node_questions(const Doors& doors,
                                           const std::vector<NetworkLink>& links) {
  std::vector<PacketQuestion> questions;
  for (const IpFamily family : kAllIpFamilies) {
    const std::string link = doors.uplink(family);
    const auto address = address_of(links, link, family);
    if (link.empty() || !address) continue;
    const Uplink uplink{.family = family, .link = link, .address = *address};
    for (const NodePort& port : node_ports()) questions.push_back(question(port, uplink));
    if (family != IpFamily::ipv4) continue;
    // A network that is kept for documentation (RFC 5737) stands for the outside.
    questions.push_back(pod_question(kPodToOutside, one("203.0.113.1"), uplink, links));
    questions.push_back(
        pod_question(kPodToPod, last_address(pod_network(links), 1), uplink, links));
  }
  return questions;
}

}  // namespace iptmode
