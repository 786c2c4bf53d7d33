// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/kernel_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iptmode {
namespace {

using testing::ElementsAre;

constexpr OwnerSet kShared = OwnerSet{Owner::kubelet} | Owner::kube_proxy;

OwnerUse a_use(OwnerSet owners, std::uint64_t chains, std::uint64_t rules) {
  return {.owners = owners, .chains = chains, .rules = rules};
}

NftTable a_table(std::string family, std::string name, std::vector<OwnerUse> owners) {
  NftTable table{.family = std::move(family), .name = std::move(name), .owners = std::move(owners)};
  table.compat = is_iptables_nft_table(table.family, table.name);
  for (const OwnerUse& use : table.owners) table.rules += use.rules;
  return table;
}

TEST(LegacyTable, IsUnusedOnlyWithoutRulesChainsAndPolicies) {
  LegacyTable table{.name = "filter", .chains = 3};
  for (const auto* name : {"INPUT", "FORWARD", "OUTPUT"})
    table.base_chains.push_back({.name = name, .policy = "accept"});
  EXPECT_TRUE(table.unused());

  LegacyTable with_rule = table;
  with_rule.rules = 1;
  EXPECT_FALSE(with_rule.unused());

  LegacyTable with_chain = table;
  with_chain.chains = 4;
  EXPECT_FALSE(with_chain.unused());

  LegacyTable with_policy = table;
  with_policy.base_chains.at(1).policy = "drop";
  EXPECT_FALSE(with_policy.unused());
}

TEST(NetworkState, SumsAnOwnerOverTablesWithoutSharedNames) {
  NetworkState state;
  state.nft = {a_table("ip", "filter", {a_use(Owner::kube_proxy, 3, 4), a_use(kShared, 1, 2)}),
               a_table("ip6", "nat", {a_use(Owner::kube_proxy, 5, 6)})};
  state.nft->at(0).owners.at(0).patterns = {"KUBE-SERVICES", "KUBE-SVC-*"};
  state.nft->at(1).owners.at(0).patterns = {"KUBE-NODEPORTS", "KUBE-SVC-*"};

  const OwnerUse proxy = state.use_of(Owner::kube_proxy, Backend::nf_tables);
  EXPECT_EQ(proxy.chains, 8U);
  EXPECT_EQ(proxy.rules, 10U);
  EXPECT_THAT(proxy.patterns, ElementsAre("KUBE-NODEPORTS", "KUBE-SERVICES", "KUBE-SVC-*"));
  EXPECT_EQ(state.use_of(kShared, Backend::nf_tables).rules, 2U);
  EXPECT_EQ(state.use_of(Owner::kubelet, Backend::nf_tables).rules, 0U);
  EXPECT_EQ(state.use_of(Owner::kube_proxy, Backend::legacy).rules, 0U);
}

TEST(NetworkState, CountsIptablesTablesOnly) {
  NetworkState state;
  state.nft = {a_table("ip", "calico", {a_use(Owner::felix, 9, 90)}),
               a_table("bridge", "nat", {a_use(Owner::libvirt, 2, 20)}),
               a_table("ip", "raw", {a_use(Owner::felix, 1, 7)})};
  EXPECT_EQ(state.rules_in(Backend::nf_tables), 7U);
  EXPECT_EQ(state.use_of(Owner::felix, Backend::nf_tables).rules, 7U);
  EXPECT_EQ(state.use_of(Owner::libvirt, Backend::nf_tables).rules, 0U);
}

TEST(NetworkState, ListsUsersOnceAndNobodyLast) {
  NetworkState state;
  state.legacy = {
      {.name = "filter", .rules = 5, .owners = {a_use({}, 0, 1), a_use(Owner::kube_router, 4, 4)}},
      {.name = "nat",
       .rules = 3,
       .owners = {a_use(Owner::kubelet, 1, 0), a_use(Owner::kube_router, 0, 3),
                  a_use(Owner::docker, 0, 0)}}};
  const auto users = state.users_of(Backend::legacy);
  ASSERT_EQ(users.size(), 3U);
  EXPECT_EQ(users.at(0).owners, OwnerSet{Owner::kubelet});
  EXPECT_EQ(users.at(1).owners, OwnerSet{Owner::kube_router});
  EXPECT_EQ(users.at(1).rules, 7U);
  EXPECT_TRUE(users.at(2).owners.empty());
  EXPECT_EQ(state.rules_in(Backend::legacy), 8U);
}

TEST(NetworkState, TellsTheFamiliesApart) {
  NetworkState state;
  state.nft = {a_table("ip", "nat", {a_use(Owner::kube_proxy, 3, 4)}),
               a_table("ip6", "nat", {a_use(Owner::cni, 1, 2)})};
  state.legacy = {
      {.family = IpFamily::ipv6, .name = "nat", .owners = {a_use(Owner::kube_proxy, 5, 6)}}};
  EXPECT_EQ(state.use_of(Owner::kube_proxy, Backend::nf_tables, IpFamily::ipv4).rules, 4U);
  EXPECT_EQ(state.use_of(Owner::kube_proxy, Backend::nf_tables, IpFamily::ipv6).rules, 0U);
  EXPECT_EQ(state.use_of(Owner::kube_proxy, Backend::legacy, IpFamily::ipv4).rules, 0U);
  EXPECT_EQ(state.use_of(Owner::kube_proxy, Backend::legacy, IpFamily::ipv6).rules, 6U);
  const auto users = state.users_of(Backend::nf_tables, IpFamily::ipv6);
  ASSERT_EQ(users.size(), 1U);
  EXPECT_EQ(users.at(0).owners, OwnerSet{Owner::cni});
  EXPECT_TRUE(state.users_of(Backend::legacy, IpFamily::ipv4).empty());
}

TEST(NetworkState, HasNothingWhereNothingWasRead) {
  const NetworkState state;
  EXPECT_EQ(state.rules_in(Backend::legacy), 0U);
  EXPECT_TRUE(state.users_of(Backend::nf_tables).empty());
  EXPECT_FALSE(state.hint_in(Backend::nf_tables));
}

TEST(NetworkState, FindsAHintInEitherFamily) {
  NetworkState state;
  state.hints[Backend::legacy] = {HintChains{}, HintChains{}};
  EXPECT_FALSE(state.hint_in(Backend::legacy));
  state.hints[Backend::legacy].at(1).canary = true;
  EXPECT_TRUE(state.hint_in(Backend::legacy));
  EXPECT_FALSE(state.hint_in(Backend::nf_tables));
}

TEST(Encodings, AddUpFieldByField) {
  Encodings sum{1, 2, 3, 4, 5, 6, 7};
  sum += Encodings{10, 20, 30, 40, 50, 60, 70};
  EXPECT_EQ(sum, (Encodings{11, 22, 33, 44, 55, 66, 77}));
}

}  // namespace
}  // namespace iptmode
