// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/netfilter.h>
#include <linux/netfilter/x_tables.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>

#include "kernel/quick_look.h"

namespace iptmode::kernel {
namespace {

/// The values that a rule demands, in network order; no bytes: any.
struct Demand {
  std::size_t bytes = 0;
  std::array<char, 16> low = {};
  std::array<char, 16> high = {};
};

/// All that the mask lets through lies between the two, whatever mask it is.
Demand masked(const void* address, const void* mask, std::size_t bytes) {
  Demand demand{.bytes = bytes};
  std::memcpy(demand.low.data(), address, bytes);
  std::memcpy(demand.high.data(), mask, bytes);
  for (std::size_t i = 0; i < bytes; ++i) {
    const char bits = demand.high.at(i);
    demand.low.at(i) = static_cast<char>(demand.low.at(i) & bits);
    demand.high.at(i) = static_cast<char>(demand.low.at(i) | ~bits);
  }
  return demand;
}

template <class Info>
Demand ports_in(std::string_view bytes, unsigned inverted) {
  Info info = {};
  if (bytes.size() < sizeof info) return {};
  std::memcpy(&info, bytes.data(), sizeof info);
  if ((info.invflags & inverted) != 0) return {};
  const auto high_byte = [](unsigned port) { return static_cast<char>(port >> 8U); };
  const auto low_byte = [](unsigned port) { return static_cast<char>(port & 0xffU); };
  return {.bytes = 2,
          .low = {high_byte(info.dpts[0]), low_byte(info.dpts[0])},
          .high = {high_byte(info.dpts[1]), low_byte(info.dpts[1])}};
}

/// By the match tcp or udp, if there is one among `matches`.
Demand port_demand(std::string_view matches) {
  for (xt_entry_match match = {}; matches.size() >= sizeof match;) {
    std::memcpy(&match, matches.data(), sizeof match);
    const std::size_t size = match.u.user.match_size;
    if (size < sizeof match || size > matches.size()) return {};
    const std::string_view info = matches.substr(sizeof match, size - sizeof match);
    const std::string_view field{&match.u.user.name[0], sizeof match.u.user.name};
    const std::string_view name = field.substr(0, field.find('\0'));
    if (name == "tcp") return ports_in<xt_tcp>(info, XT_TCP_INV_DSTPT);
    if (name == "udp") return ports_in<xt_udp>(info, XT_UDP_INV_DSTPT);
    matches.remove_prefix(size);
  }
  return {};
}

/// No intervals: any value.
bool can_have(const std::vector<Interval>& intervals, const Demand& demand) {
  if (intervals.empty() || demand.bytes == 0) return true;
  const std::string_view low{demand.low.data(), demand.bytes};
  const std::string_view high{demand.high.data(), demand.bytes};
  return std::any_of(intervals.begin(), intervals.end(), [&](const Interval& any) {
    return std::string_view{any.low} <= high && low <= std::string_view{any.high};
  });
}

template <class Entry>
std::string_view matches_of(const Entry& entry) {
  const auto* begin = reinterpret_cast<const char*>(&entry);  // NOLINT: its bytes
  const std::size_t end = std::max<std::size_t>(entry.target_offset, sizeof entry);
  return {begin + sizeof entry, end - sizeof entry};
}

bool is_elsewhere(const Demand& address, const Demand& port,
                  const std::vector<const Packet*>& packets) {
  if (address.bytes == 0 && port.bytes == 0) return false;
  return std::none_of(packets.begin(), packets.end(), [&](const Packet* packet) {
    return can_have(packet->destination_port, port) && can_have(packet->destination, address);
  });
}

}  // namespace

bool is_for_another_destination(const ipt_entry& entry, const std::vector<const Packet*>& packets) {
  const bool inverted = (entry.ip.invflags & IPT_INV_DSTIP) != 0;
  const Demand address =
      inverted ? Demand{} : masked(&entry.ip.dst, &entry.ip.dmsk, sizeof entry.ip.dst);
  return is_elsewhere(address, port_demand(matches_of(entry)), packets);
}

bool is_for_another_destination(const ip6t_entry& entry,
                                const std::vector<const Packet*>& packets) {
  const bool inverted = (entry.ipv6.invflags & IP6T_INV_DSTIP) != 0;
  const Demand address =
      inverted ? Demand{} : masked(&entry.ipv6.dst, &entry.ipv6.dmsk, sizeof entry.ipv6.dst);
  return is_elsewhere(address, port_demand(matches_of(entry)), packets);
}

}  // namespace iptmode::kernel
