// SPDX-License-Identifier: GPL-2.0-or-later
#include "path_builder.h"

#include <algorithm>

#include "iptmode/node_questions.h"

namespace iptmode::testing {
namespace {

template <class Table, class Match>
Table& table_in(std::vector<Table>& tables, Match match, Table otherwise) {
  const auto found = std::find_if(tables.begin(), tables.end(), match);
  return found != tables.end() ? *found : tables.emplace_back(std::move(otherwise));
}

const std::vector<NetworkLink> kLinks{
    {.name = "eth0", .addresses = {"192.0.2.1/24", "2001:db8::1/64"}},
    {.name = "cni0", .addresses = {"10.244.3.1/24"}}};

}  // namespace

void follow_translations(Snapshot& snapshot) {
  follow_translations(*snapshot.networks.at(0).packet_path, kLinks);
}

void give_uplink(Snapshot& snapshot, const std::vector<std::uint16_t>& tcp_listeners) {
  constexpr std::uint8_t kTcp = 6;
  NetworkState& network = snapshot.networks.at(0);
  Doors& doors = network.doors.emplace();
  doors.default_routes = {{.link = "eth0", .gateway = "192.0.2.254"},
                          {.family = IpFamily::ipv6, .link = "eth0", .gateway = "2001:db8::fe"}};
  for (const std::uint16_t port : tcp_listeners)
    doors.listeners.push_back({.protocol = kTcp, .port = port, .address = "::"});
  network.packet_path.emplace().questions = node_questions(doors, kLinks, snapshot.node_networks);
}

void add_base(Snapshot& snapshot, const PathBase& base) {
  NetworkState& network = snapshot.networks.at(0);
  PathChain chain{.name = base.chain,
                  .base = BaseChain{.name = base.chain,
                                    .type = "filter",
                                    .hook = base.hook,
                                    .policy = base.policy,
                                    .rules = base.rules.size()}};
  for (const Rule& rule : base.rules)
    chain.rules.push_back(
        {.number = static_cast<std::uint32_t>(chain.rules.size() + 1), .rule = rule});
  if (base.backend == Backend::legacy) {
    if (!network.legacy) network.legacy.emplace();
    table_in(*network.legacy, [&](const LegacyTable& table) { return table.name == base.table; },
             {.name = base.table})
        .base_chains.push_back(*chain.base);
  } else {
    if (!network.nft) network.nft.emplace();
    table_in(*network.nft,
             [&](const NftTable& table) {
               return table.family == base.family && table.name == base.table;
             },
             {.family = base.family, .name = base.table})
        .base_chains.push_back(*chain.base);
  }
  network.packet_path->tables.push_back({.backend = base.backend,
                                         .family = base.family,
                                         .name = base.table,
                                         .chains = {std::move(chain)}});
}

}  // namespace iptmode::testing
