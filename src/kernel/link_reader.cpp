// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/link_reader.h"

#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "iptmode/address.h"
#include "kernel/netlink_attributes.h"
#include "kernel/route_socket.h"
#include "kernel/vxlan_peers.h"

namespace iptmode::kernel {
namespace {

using Clock = std::chrono::steady_clock;
using LinksByIndex = std::map<int, NetworkLink>;

constexpr int kAttempts = 3;  // a pod that starts changes the list

std::uint16_t be16(std::string_view payload) {
  if (payload.size() < 2) return 0;
  return static_cast<std::uint16_t>((static_cast<unsigned char>(payload[0]) << 8U) |
                                    static_cast<unsigned char>(payload[1]));
}

void read_kind(std::string_view info, NetworkLink& link) {
  std::string_view data;
  for (const auto& [type, payload] : Attributes{info}) {
    if (type == IFLA_INFO_KIND) link.kind = text_of(payload);
    if (type == IFLA_INFO_DATA) data = payload;
  }
  if (link.kind != "vxlan") return;
  for (const auto& [type, payload] : Attributes{data})
    if (type == IFLA_VXLAN_PORT) link.port = be16(payload);
}

void add_link(const RouteAnswer& answer, LinksByIndex& links) {
  ifinfomsg header = {};
  if (!answer.read(header)) return;
  NetworkLink link{.up = (header.ifi_flags & IFF_UP) != 0};
  for (const auto& [type, payload] : Attributes{answer.attributes<ifinfomsg>()}) {
    if (type == IFLA_IFNAME) link.name = text_of(payload);
    if (type == IFLA_LINKINFO) read_kind(payload, link);
  }
  links[header.ifi_index] = std::move(link);
}

/// IFA_LOCAL is the own end of a point-to-point link, where IFA_ADDRESS is the other one.
void add_address(const RouteAnswer& answer, LinksByIndex& links) {
  ifaddrmsg header = {};
  if (!answer.read(header)) return;
  const auto link = links.find(static_cast<int>(header.ifa_index));
  if (link == links.end()) return;
  std::string local;
  std::string address;
  for (const auto& [type, payload] : Attributes{answer.attributes<ifaddrmsg>()}) {
    if (type == IFA_LOCAL) local = address_text(payload);
    if (type == IFA_ADDRESS) address = address_text(payload);
  }
  const std::string& text = local.empty() ? address : local;
  if (!text.empty())
    link->second.addresses.push_back(text + "/" + std::to_string(header.ifa_prefixlen));
}

void add_route(const RouteAnswer& answer, const std::map<int, std::string>& tunnels,
               std::vector<NetworkRoute>& routes) {
  rtmsg header = {};
  if (!answer.read(header) || header.rtm_type != RTN_UNICAST || routes.size() == kMaxTunnelRoutes)
    return;
  NetworkRoute route;
  for (const auto& [type, payload] : Attributes{answer.attributes<rtmsg>()}) {
    int index = 0;
    if (type == RTA_OIF && payload.size() == sizeof index) {
      std::memcpy(&index, payload.data(), sizeof index);
      const auto tunnel = tunnels.find(index);
      if (tunnel != tunnels.end()) route.link = tunnel->second;
    }
    if (type == RTA_DST)
      route.destination = address_text(payload) + "/" + std::to_string(header.rtm_dst_len);
    if (type == RTA_GATEWAY) route.gateway = address_text(payload);
  }
  if (route.destination.empty()) route.destination = "default";
  if (!route.link.empty()) routes.push_back(std::move(route));
}

Result<LinksByIndex> dump_links(Clock::time_point deadline) {
  LinksByIndex links;
  auto asked = dump_rtnetlink({.type = RTM_GETLINK}, deadline,
                              [&](const RouteAnswer& answer) { add_link(answer, links); });
  if (asked)
    asked = dump_rtnetlink({.type = RTM_GETADDR}, deadline,
                           [&](const RouteAnswer& answer) { add_address(answer, links); });
  if (!asked) return tl::unexpected{asked.error()};
  return links;
}

Result<std::vector<NetworkRoute>> dump_tunnel_routes(const LinksByIndex& links,
                                                     Clock::time_point deadline) {
  std::map<int, std::string> tunnels;
  for (const auto& [index, link] : links)
    if (link.kind == "ipip") tunnels.emplace(index, link.name);
  std::vector<NetworkRoute> routes;
  if (tunnels.empty()) return routes;
  const auto asked =
      dump_rtnetlink({.type = RTM_GETROUTE, .family = AF_INET}, deadline,
                     [&](const RouteAnswer& answer) { add_route(answer, tunnels, routes); });
  if (!asked) return tl::unexpected{asked.error()};
  return routes;
}

/// Of so many vxlan links as are asked at most. The first failure ends it.
Result<> read_peers(LinksByIndex& links, Clock::time_point deadline) {
  std::size_t asked = 0;
  for (auto& [index, link] : links) {
    if (link.kind != "vxlan" || ++asked > kMaxVxlanLinks) continue;
    auto peers = read_vxlan_peers(index, deadline);
    if (!peers) return tl::unexpected{peers.error()};
    link.peers = std::move(*peers);
  }
  return {};
}

Result<LinkReading> read_once(Clock::time_point deadline) {
  auto links = dump_links(deadline);
  if (!links) return tl::unexpected{links.error()};
  auto routes = dump_tunnel_routes(*links, deadline);
  if (!routes) return tl::unexpected{routes.error()};

  LinkReading reading{.tunnel_routes = std::move(*routes)};
  if (const auto peers = read_peers(*links, deadline); !peers)
    reading.peers_failure = peers.error();
  for (auto& [index, link] : *links) reading.links.push_back(std::move(link));
  std::ranges::sort(reading.links, {}, &NetworkLink::name);
  return reading;
}

}  // namespace

Result<LinkReading> read_links(Clock::time_point deadline) {
  for (int attempt = 1;; ++attempt) {
    auto reading = read_once(deadline);
    const bool interrupted = !reading && reading.error().code == std::errc::interrupted;
    if (!interrupted || attempt == kAttempts) return reading;
  }
}

std::vector<NetworkLink> in_short(std::vector<NetworkLink> links) {
  constexpr std::size_t kFew = 8;
  std::size_t veths = 0;
  std::erase_if(links,
                [&](const NetworkLink& link) { return link.kind == "veth" && ++veths > kFew; });
  for (NetworkLink& link : links) std::ranges::sort(link.addresses);
  return links;
}

}  // namespace iptmode::kernel
