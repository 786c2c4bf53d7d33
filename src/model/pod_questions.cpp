// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/pod_questions.h"

#include <algorithm>
#include <cstddef>

#include "iptmode/node_questions.h"

namespace iptmode {
namespace {

constexpr std::uint8_t kTcp = 6;

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
  const auto own = own_pods(links, networks, family);
  if (all.empty() && !own && family == IpFamily::ipv4) all = {*parse_network("10.244.0.0/16")};
  if (all.empty() && !own) return std::nullopt;
  const AddressRange here = own.value_or(all.empty() ? AddressRange{} : all.front());
  const auto around = std::find_if(all.begin(), all.end(), [&](const AddressRange& range) {
    return range.contains(here.low) && range.contains(here.high);
  });
  return PodAddresses{.here = last_address(here, 2),
                      .elsewhere = elsewhere(around == all.end() ? here : *around, here)};
}

/// Networks that are kept for documentation (RFC 5737, RFC 3849) stand for the outside.
std::string outside(IpFamily family) {
  return *parse_address(family == IpFamily::ipv4 ? "203.0.113.1" : "2001:db8:ffff::1");
}

Packet packet_of(IpFamily family, const std::string& source, const std::string& destination) {
  constexpr std::uint16_t kHttps = 443;
  const std::string port = big_endian(kHttps, 2);
  return {.way = Packet::Way::forward,
          .family = family,
          .protocol = kTcp,
          .source = {alone(source)},
          .destination = {alone(destination)},
          .destination_port = {{.low = port, .high = port}}};
}

}  // namespace

bool is_family(std::string_view address, IpFamily family) {
  return (address.find(':') != std::string_view::npos) == (family == IpFamily::ipv6);
}

std::optional<AddressRange> own_pods(const std::vector<NetworkLink>& links,
                                     const NodeNetworks& networks, IpFamily family) {
  for (const std::string& bridge : bridges_of(networks))
    for (const NetworkLink& link : links)
      if (link.name == bridge)
        for (const std::string& address : link.addresses)
          if (auto network = parse_network(address);
              network && is_family(address, family) && !address.starts_with("fe80:"))
            return network;
  return std::nullopt;
}

std::vector<PacketQuestion> pod_questions(const std::vector<NetworkLink>& links,
                                          const NodeNetworks& networks, IpFamily family,
                                          const std::string& uplink) {
  const auto pods = pod_addresses(links, networks, family);
  if (!pods) return {};
  std::vector<PacketQuestion> questions{
      {.id = std::string{kPodToOutside}, .packet = packet_of(family, pods->here, outside(family))},
      {.id = std::string{kPodToPod}, .packet = packet_of(family, pods->here, pods->elsewhere)}};
  for (PacketQuestion& question : questions) {
    question.packet.in_interfaces = pod_links(links, bridges_of(networks));
    question.packet.out_interfaces = {uplink};
  }
  return questions;
}

}  // namespace iptmode
