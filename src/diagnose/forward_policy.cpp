// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnose/forward_policy.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace iptmode::checks {
namespace {

constexpr OwnerSet kPlugins = OwnerSet{Owner::kube_router} | Owner::felix | Owner::cilium |
                              Owner::flannel | Owner::antrea | Owner::cni;

bool drops_forwarded(const std::vector<BaseChain>& chains) {
  return std::ranges::any_of(chains, [](const BaseChain& chain) {
    return chain.hook == "forward" && chain.name == "FORWARD" && chain.policy == "drop";
  });
}

template <class Table>
void add_drop(std::vector<ForwardDrop>& drops, const Table& table, OwnerSet firewall,
              ForwardDrop drop) {
  if (table.name != "filter" || !drops_forwarded(table.base_chains)) return;
  bool is_there = false;
  for (const OwnerUse& use : table.owners) {
    is_there = is_there || (use.owners.intersects(firewall) && use.chains + use.rules > 0);
    if (use.owners.intersects(kPlugins) && use.rules > 0) drop.plugins = drop.plugins | use.owners;
  }
  if (is_there) drops.push_back(drop);
}

}  // namespace

std::vector<ForwardDrop> forward_drops_of(const NetworkState& network, OwnerSet firewall) {
  std::vector<ForwardDrop> drops;
  if (network.legacy)
    for (const LegacyTable& table : *network.legacy)
      add_drop(drops, table, firewall, {.backend = Backend::legacy, .family = table.family});
  if (network.nft)
    for (const NftTable& table : *network.nft)
      if (table.family == "ip" || table.family == "ip6")
        add_drop(drops, table, firewall,
                 {.backend = Backend::nf_tables,
                  .family = table.family == "ip" ? IpFamily::ipv4 : IpFamily::ipv6});
  return drops;
}

bool any_forward_drops(const NetworkState& network) {
  const auto drops = [](const auto& table) {
    return table.name == "filter" && std::ranges::any_of(table.base_chains, [](const auto& chain) {
             return chain.name == "FORWARD" && chain.policy == "drop";
           });
  };
  const bool in_nft = network.nft && std::ranges::any_of(*network.nft, [&](const NftTable& table) {
                        return table.compat && drops(table);
                      });
  return in_nft || (network.legacy && std::ranges::any_of(*network.legacy, drops));
}

std::string describe(const ForwardDrop& drop) {
  return fmt::format("filter table, {}, {}: the policy of FORWARD is DROP; {}",
                     to_string(drop.backend), to_string(drop.family),
                     drop.plugins.empty()
                         ? "no network plugin has a rule in it"
                         : fmt::format("{} has rules in it", to_string(drop.plugins)));
}

std::vector<Backend> backends_with_rules(const NetworkState& network, OwnerSet owner) {
  std::vector<Backend> backends;
  for (const Backend backend : kAllBackends)
    if (network.use_of(owner, backend).rules > 0) backends.push_back(backend);
  return backends;
}

}  // namespace iptmode::checks
