// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "finding_matchers.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using namespace iptmode::testing;

TEST(NatOrder, FiresWhenOneOwnerTranslatesInBothBackends) {
  const CheckResult result =
      result_of("nat_order", a_node().nat_rules(Backend::legacy, Owner::kube_proxy, 900));
  EXPECT_EQ(result.status, CheckStatus::fail);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_THAT(
      text_of(result.findings[0]),
      AllOf(HasSubstr("registered last"), HasSubstr("legacy: 900 translations of 900 rules"),
            HasSubstr("nf_tables: 2800 translations of 2912 rules")));
}

TEST(NatOrder, IsSilentWhenTheSecondCopyTranslatesNothing) {
  EXPECT_EQ(result_of("nat_order", a_node().legacy_rules(Owner::kube_proxy, 900)).status,
            CheckStatus::pass);
}

TEST(NatOrder, IsSilentAboutDifferentOwners) {
  EXPECT_EQ(result_of("nat_order", a_node().nat_rules(Backend::legacy, Owner::cni, 4)).status,
            CheckStatus::pass);
}

TEST(NatOrder, DoesNotLetIpv4MeetIpv6) {
  NodeBuilder node = a_node();
  node.edit([](Snapshot& snapshot) {
    snapshot.networks.at(0).legacy->push_back(
        {.family = IpFamily::ipv6,
         .name = "nat",
         .owners = {{.owners = Owner::kube_proxy, .rules = 22, .translations = 9}}});
  });
  EXPECT_EQ(result_of("nat_order", node).status, CheckStatus::pass);
}

TEST(NatOrder, LeavesNamesThatSeveralShareAlone) {
  const OwnerSet shared = OwnerSet{Owner::kubelet} | Owner::kube_proxy;
  NodeBuilder node = a_node();
  node.nat_rules(Backend::legacy, shared, 1).nat_rules(Backend::nf_tables, shared, 1);
  EXPECT_EQ(result_of("nat_order", node).status, CheckStatus::pass);
}

TEST(NatOrder, OnlyWarnsAboutAnOwnerThatServesItsOwnTraffic) {
  NodeBuilder node = a_node();
  node.nat_rules(Backend::legacy, Owner::libvirt, 2)
      .nat_rules(Backend::nf_tables, Owner::libvirt, 2);
  EXPECT_EQ(result_of("nat_order", node).status, CheckStatus::warn);
}

TEST(NatOrder, IsUnknownWhenOneBackendWasNotRead) {
  EXPECT_EQ(result_of("nat_order", a_node().unread(Backend::legacy)).status, CheckStatus::unknown);
}

}  // namespace
}  // namespace iptmode
