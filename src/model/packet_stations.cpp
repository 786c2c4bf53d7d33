// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/packet_stations.h"

#include <algorithm>
#include <array>
#include <utility>

namespace iptmode::packet {
namespace {

constexpr std::array<std::string_view, 7> kHooks{"ingress", "prerouting",  "input", "forward",
                                                 "output",  "postrouting", "egress"};

std::size_t rank_of(std::string_view hook) {
  return static_cast<std::size_t>(std::find(kHooks.begin(), kHooks.end(), hook) - kHooks.begin());
}

/// The kernel calls all nat chains of a hook from one place, whatever their own priority
/// (nf_nat_register_fn() of net/netfilter/nf_nat_core.c).
std::int32_t call_priority(const BaseChain& base) {
  constexpr std::int32_t kDestination = -100;  // NF_IP_PRI_NAT_DST
  constexpr std::int32_t kSource = 100;        // NF_IP_PRI_NAT_SRC
  if (base.type != "nat") return base.priority;
  return base.hook == "prerouting" || base.hook == "output" ? kDestination : kSource;
}

bool is_of_family(const PathTable& table, IpFamily family) {
  if (table.family == "inet" || table.family == "netdev") return true;
  return table.family == (family == IpFamily::ipv4 ? "ip" : "ip6");
}

}  // namespace

std::vector<Station> stations_of(const PacketPath& path, IpFamily family) {
  std::vector<Station> stations;
  for (const PathTable& table : path.tables)
    for (const PathChain& chain : table.chains) {
      if (!chain.base || !is_of_family(table, family)) continue;
      if (rank_of(chain.base->hook) == kHooks.size()) continue;
      stations.push_back({.table = &table,
                          .chain = &chain,
                          .hook = chain.base->hook,
                          .priority = call_priority(*chain.base),
                          .among_nat = chain.base->priority,
                          .nat = chain.base->type == "nat"});
    }
  std::stable_sort(stations.begin(), stations.end(), [](const Station& a, const Station& b) {
    return std::pair{rank_of(a.hook), a.priority} < std::pair{rank_of(b.hook), b.priority};
  });
  return stations;
}

std::size_t end_of_group(const std::vector<Station>& stations, std::size_t begin) {
  std::size_t end = begin;
  while (end < stations.size() && stations[end].hook == stations[begin].hook &&
         stations[end].priority == stations[begin].priority)
    ++end;
  return end;
}

bool passes(Packet::Way way, std::string_view hook) {
  switch (way) {
    case Packet::Way::input: return hook == "ingress" || hook == "prerouting" || hook == "input";
    case Packet::Way::forward:
      return hook == "ingress" || hook == "prerouting" || hook == "forward" ||
             hook == "postrouting" || hook == "egress";
    case Packet::Way::output: return hook == "output" || hook == "postrouting" || hook == "egress";
  }
  return false;
}

bool is_of_devices(const Station& station) {
  return station.hook == "ingress" || station.hook == "egress";
}

bool is_met_for_certain(const Station& station, const Packet& packet) {
  const auto& devices = station.chain->base->devices;
  const auto& links = station.hook == "ingress" ? packet.in_interfaces : packet.out_interfaces;
  return !links.empty() && std::all_of(links.begin(), links.end(), [&](const std::string& link) {
    return std::find(devices.begin(), devices.end(), link) != devices.end();
  });
}

std::string chain_words(const PathTable& table, std::string_view chain) {
  std::string words{to_string(table.backend)};
  if (table.backend == Backend::legacy) {
    if (table.family == "ip6") words += " ip6";
  } else {
    words += ' ' + table.family;
  }
  return words + ' ' + table.name + ' ' + std::string{chain};
}

}  // namespace iptmode::packet
