// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iptmode {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr NamespaceId kNode = 4026531840;

Snapshot a_snapshot() {
  Snapshot snapshot;
  snapshot.node.network_namespace = kNode;
  snapshot.networks = {NetworkState{.network_namespace = kNode}};
  return snapshot;
}

Component felix() {
  return {.kind = ComponentKind::calico_node, .network_namespace = kNode};
}

NftTable native(std::string family, std::string name) {
  NftTable table{.family = std::move(family), .name = std::move(name), .chains = 1, .rules = 3};
  table.table_owner = attribute_nft_table(table.family, table.name).owners;
  return table;
}

LegacyTable legacy_with(OwnerSet owners) {
  return {.name = "filter", .rules = 2, .owners = {{.owners = owners, .chains = 1, .rules = 2}}};
}

TEST(Snapshot, GivesTheNodesOwnNetworkOrAnUnreadOne) {
  Snapshot snapshot = a_snapshot();
  snapshot.networks.at(0).generation = 7;
  EXPECT_EQ(snapshot.network().generation, 7U);
  EXPECT_EQ(snapshot.network_of(5), nullptr);

  snapshot.networks.clear();
  EXPECT_FALSE(snapshot.network().legacy.has_value());
  EXPECT_FALSE(snapshot.network().nft.has_value());
}

TEST(EffectiveBackends, AreWhereTheComponentsOwnChainsAre) {
  Snapshot snapshot = a_snapshot();
  EXPECT_THAT(effective_backends(felix(), snapshot), IsEmpty());

  snapshot.networks.at(0).legacy = {legacy_with(Owner::felix)};
  EXPECT_THAT(effective_backends(felix(), snapshot), ElementsAre(Backend::legacy));

  NftTable filter{.family = "ip", .name = "filter", .compat = true};
  filter.owners = {{.owners = Owner::felix, .chains = 1}};
  snapshot.networks.at(0).nft = {filter};
  EXPECT_THAT(effective_backends(felix(), snapshot),
              ElementsAre(Backend::legacy, Backend::nf_tables));
}

TEST(EffectiveBackends, CountANativeTableAsNfTables) {
  Snapshot snapshot = a_snapshot();
  snapshot.networks.at(0).nft = {native("ip", "calico")};
  EXPECT_THAT(effective_backends(felix(), snapshot), ElementsAre(Backend::nf_tables));
}

TEST(EffectiveBackends, IgnoreTheArpTableThatFelixAlwaysHas) {
  Snapshot snapshot = a_snapshot();
  snapshot.networks.at(0).legacy = {legacy_with(Owner::felix)};
  snapshot.networks.at(0).nft = {native("arp", "calico-arp")};
  EXPECT_THAT(effective_backends(felix(), snapshot), ElementsAre(Backend::legacy));
}

TEST(EffectiveBackends, IgnoreAnEmptyNativeTable) {
  Snapshot snapshot = a_snapshot();
  snapshot.networks.at(0).nft = {native("ip", "calico")};
  snapshot.networks.at(0).nft->at(0).chains = 0;
  snapshot.networks.at(0).nft->at(0).rules = 0;
  EXPECT_THAT(effective_backends(felix(), snapshot), IsEmpty());
}

TEST(EffectiveBackends, IgnoreSharedNames) {
  Snapshot snapshot = a_snapshot();
  snapshot.networks.at(0).legacy = {legacy_with(OwnerSet{Owner::kubelet} | Owner::kube_proxy)};
  const Component kubelet{.kind = ComponentKind::kubelet, .network_namespace = kNode};
  EXPECT_THAT(effective_backends(kubelet, snapshot), IsEmpty());
}

TEST(EffectiveBackends, LookInTheComponentsOwnNamespace) {
  Snapshot snapshot = a_snapshot();
  snapshot.networks.push_back({.network_namespace = 5});
  snapshot.networks.at(0).legacy = {legacy_with(Owner::felix)};
  Component elsewhere = felix();
  elsewhere.network_namespace = 5;
  EXPECT_THAT(effective_backends(elsewhere, snapshot), IsEmpty());
  elsewhere.network_namespace = 6;  // a namespace that was not read
  EXPECT_THAT(effective_backends(elsewhere, snapshot), IsEmpty());
}

TEST(EffectiveBackends, AreNoneForAComponentThatWritesNothingItself) {
  Snapshot snapshot = a_snapshot();
  snapshot.networks.at(0).legacy = {legacy_with({})};
  const Component k0s{.kind = ComponentKind::k0s, .network_namespace = kNode};
  EXPECT_THAT(effective_backends(k0s, snapshot), IsEmpty());
}

TEST(SnapshotEnums, PrintAsInTheReport) {
  EXPECT_EQ(to_string(NodeRole::controller_worker), "controllerWorker");
  EXPECT_EQ(to_string(Distribution::embedded_cluster), "embeddedCluster");
  EXPECT_EQ(to_string(Fact::legacy_rules), "legacyRules");
  EXPECT_EQ(to_string(Support::unknown), "unknown");
  EXPECT_EQ(to_string(Libnftables::Outcome::timed_out), "timedOut");
}

}  // namespace
}  // namespace iptmode
