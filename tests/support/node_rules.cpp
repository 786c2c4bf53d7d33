// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <utility>

#include "snapshot_builder.h"

namespace iptmode::testing {
namespace {

std::string nft_family(IpFamily family) {
  return family == IpFamily::ipv4 ? "ip" : "ip6";
}

std::vector<BaseChain> base_chains_of(const std::string& table, Backend backend) {
  const auto chain = [&](std::string name, std::string hook, std::int32_t priority) {
    const std::string type = table == "nat" ? "nat" : "filter";
    return BaseChain{.name = std::move(name),
                     .type = backend == Backend::legacy ? table : type,
                     .hook = std::move(hook),
                     .priority = priority,
                     .policy = "accept"};
  };
  if (table == "nat")
    return {chain("PREROUTING", "prerouting", -100), chain("POSTROUTING", "postrouting", 100)};
  if (table == "mangle") return {chain("PREROUTING", "prerouting", -150)};
  return {chain("INPUT", "input", 0), chain("FORWARD", "forward", 0), chain("OUTPUT", "output", 0)};
}

std::string pattern_of(OwnerSet owners) {
  if (owners == OwnerSet{Owner::kube_router}) return "KUBE-ROUTER-*";
  if (owners == OwnerSet{Owner::kube_proxy}) return "KUBE-SVC-*";
  if (owners == OwnerSet{Owner::felix}) return "cali-*";
  return owners.empty() ? "" : to_string(owners) + "-*";
}

}  // namespace

NetworkState& NodeBuilder::network() {
  const auto found =
      std::ranges::find(snapshot_.networks, network_, &NetworkState::network_namespace);
  if (found != snapshot_.networks.end()) return *found;
  NetworkState state{.network_namespace = network_};
  state.legacy.emplace();
  state.nft.emplace();
  state.generation = 7;
  state.hints = {{Backend::legacy, {}}, {Backend::nf_tables, {}}};
  snapshot_.networks.push_back(std::move(state));
  return snapshot_.networks.back();
}

std::vector<OwnerUse>& NodeBuilder::owners_of(Backend backend, const std::string& table,
                                              IpFamily family) {
  if (backend == Backend::legacy) {
    auto& tables = network().legacy.value();
    const auto same = [&](const LegacyTable& old) {
      return old.family == family && old.name == table;
    };
    auto found = std::ranges::find_if(tables, same);
    if (found == tables.end())
      found = tables.insert(
          tables.end(),
          {.family = family, .name = table, .base_chains = base_chains_of(table, backend)});
    return found->owners;
  }
  auto& tables = network().nft.value();
  const auto same = [&](const NftTable& old) {
    return old.family == nft_family(family) && old.name == table;
  };
  auto found = std::ranges::find_if(tables, same);
  if (found == tables.end())
    found = tables.insert(tables.end(), {.family = nft_family(family),
                                         .name = table,
                                         .compat = true,
                                         .base_chains = base_chains_of(table, backend)});
  return found->owners;
}

void NodeBuilder::set_use(std::vector<OwnerUse>& uses, OwnerUse use) {
  std::erase_if(uses, [&](const OwnerUse& old) { return old.owners == use.owners; });
  if (use.rules > 0 || use.chains > 0) uses.push_back(std::move(use));
}

NodeBuilder& NodeBuilder::rules(Backend backend, OwnerSet owners, std::uint64_t rules,
                                std::string table, IpFamily family) {
  const std::uint64_t chains = rules == 0 || owners.empty() ? 0 : 1;
  set_use(owners_of(backend, table, family),
          {.owners = owners, .chains = chains, .rules = rules, .patterns = {pattern_of(owners)}});
  return *this;
}

NodeBuilder& NodeBuilder::legacy_rules(OwnerSet owners, std::uint64_t rules, std::string table) {
  return this->rules(Backend::legacy, owners, rules, std::move(table));
}

NodeBuilder& NodeBuilder::nft_rules(OwnerSet owners, std::uint64_t rules, std::string table) {
  return this->rules(Backend::nf_tables, owners, rules, std::move(table));
}

NodeBuilder& NodeBuilder::nat_rules(Backend backend, OwnerSet owners, std::uint64_t rules) {
  set_use(owners_of(backend, "nat", IpFamily::ipv4), {.owners = owners,
                                                      .chains = rules == 0 ? 0U : 1U,
                                                      .rules = rules,
                                                      .translations = rules,
                                                      .patterns = {pattern_of(owners)}});
  return *this;
}

NodeBuilder& NodeBuilder::no_rules_of(OwnerSet owners) {
  const auto theirs = [&](const OwnerUse& use) { return use.owners == owners; };
  for (LegacyTable& table : network().legacy.value()) std::erase_if(table.owners, theirs);
  for (NftTable& table : network().nft.value()) std::erase_if(table.owners, theirs);
  return *this;
}

NodeBuilder& NodeBuilder::no_rules() {
  network().legacy.emplace();
  network().nft.emplace();
  return no_hint();
}

NodeBuilder& NodeBuilder::empty_legacy_table(std::string table, IpFamily family) {
  owners_of(Backend::legacy, table, family).clear();
  return *this;
}

NodeBuilder& NodeBuilder::nft_table(NftTable table) {
  network().nft.value().push_back(std::move(table));
  return *this;
}

NodeBuilder& NodeBuilder::policy(Backend backend, std::string table, std::string chain,
                                 std::string policy) {
  owners_of(backend, table, IpFamily::ipv4);
  const auto set = [&](auto& tables) {
    for (auto& candidate : tables)
      for (BaseChain& base : candidate.base_chains)
        if (candidate.name == table && base.name == chain) base.policy = policy;
  };
  backend == Backend::legacy ? set(network().legacy.value()) : set(network().nft.value());
  return *this;
}

NodeBuilder& NodeBuilder::hint(Backend backend) {
  const HintChains both{.ipt_hint = true, .canary = true};
  network().hints[backend] = {both, both};
  for (const IpFamily family : kAllIpFamilies)
    set_use(owners_of(backend, "mangle", family),
            {.owners = Owner::kubelet,
             .chains = 2,
             .patterns = {"KUBE-IPTABLES-HINT", "KUBE-KUBELET-CANARY"}});
  return *this;
}

NodeBuilder& NodeBuilder::hint_only_in(Backend backend) {
  return no_hint().hint(backend);
}

NodeBuilder& NodeBuilder::no_hint() {
  network().hints = {{Backend::legacy, {}}, {Backend::nf_tables, {}}};
  return no_rules_of(Owner::kubelet);
}

}  // namespace iptmode::testing
