// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "finding_matchers.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace iptmode::testing;

TEST(OwnerInBoth, SaysWhichCopyIsLiveAndWhichIsStale) {
  const CheckResult result =
      result_of("owner_in_both", a_node().legacy_rules(Owner::kube_proxy, 900, "filter"));
  EXPECT_EQ(result.status, CheckStatus::fail);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].subject, "kube-proxy (pid 1311)");
  EXPECT_THAT(text_of(result.findings[0]),
              AllOf(HasSubstr("nf_tables is live, legacy is a stale copy"),
                    HasSubstr("legacy: 900 rules"), HasSubstr("nf_tables: 2912 rules"),
                    HasSubstr("xtables-legacy-multi iptables -t $t -F")));
}

TEST(OwnerInBoth, TurnsRoundWhenTheComponentWritesLegacy) {
  const Snapshot node =
      a_node().with(kube_router().legacy("1.8.9")).legacy_rules(Owner::kube_router, 56);
  const CheckResult result = result_of("owner_in_both", node);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_THAT(
      text_of(result.findings[0]),
      AllOf(HasSubstr("legacy is live, nf_tables is a stale copy"),
            HasSubstr("do not empty nf_tables by hand: kube-proxy and kubelet keep rules")));
  EXPECT_THAT(text_of(result.findings[0]), Not(HasSubstr(" -F")));
}

TEST(OwnerInBoth, DoesNotTakeIpv6RulesForACopyOfIpv4Rules) {
  const Snapshot apart =
      a_node().rules(Backend::legacy, Owner::kube_proxy, 22, "filter", IpFamily::ipv6);
  EXPECT_EQ(result_of("owner_in_both", apart).status, CheckStatus::pass);

  const Snapshot doubled =
      a_node()
          .rules(Backend::legacy, Owner::kube_proxy, 22, "filter", IpFamily::ipv6)
          .rules(Backend::nf_tables, Owner::kube_proxy, 24, "filter", IpFamily::ipv6);
  const CheckResult result = result_of("owner_in_both", doubled);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_THAT(text_of(result.findings[0]),
              AllOf(HasSubstr("legacy ipv6: 22 rules"), HasSubstr("nf_tables ipv6: 24 rules")));
}

TEST(OwnerInBoth, IsSilentWhenEachOwnerHasRulesInOneBackend) {
  EXPECT_EQ(result_of("owner_in_both", a_node()).status, CheckStatus::pass);
  EXPECT_EQ(result_of("owner_in_both", a_node().legacy_rules(Owner::cni, 4)).status,
            CheckStatus::pass);
}

TEST(OwnerInBoth, DoesNotNameALiveCopyThatNobodyKeeps) {
  const Snapshot node =
      a_node().without(ComponentKind::kube_router).legacy_rules(Owner::kube_router, 56);
  const CheckResult result = result_of("owner_in_both", node);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_THAT(text_of(result.findings[0]),
              AllOf(HasSubstr("nothing that runs here keeps either up to date"),
                    Not(HasSubstr("is live"))));
}

NodeBuilder a_node_with_cni_in_both(const std::string& containerd) {
  NodeBuilder node = a_node();
  return node.legacy_rules(Owner::cni, 16).nft_rules(Owner::cni, 16).edit([&](Snapshot& snapshot) {
    for (Component& component : snapshot.components)
      if (component.kind == ComponentKind::containerd) component.executable = containerd;
  });
}

TEST(OwnerInBoth, KnowsWhatCniPluginsWriteBelowK0s) {
  const CheckResult result =
      result_of("owner_in_both", a_node_with_cni_in_both("/var/lib/k0s/bin/containerd"));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_THAT(
      text_of(result.findings[0]),
      AllOf(HasSubstr("CNI plugins write nf_tables now"),
            HasSubstr("containerd (pid 880) is k0s' own, so CNI plugins call /var/lib/k0s/bin/"),
            HasSubstr("xtables-legacy-multi iptables -t $t -F"), HasSubstr("hostport_orphan")));
}

TEST(OwnerInBoth, DoesNotKnowWhatCniPluginsWriteBelowAnotherContainerd) {
  const CheckResult result =
      result_of("owner_in_both", a_node_with_cni_in_both("/usr/bin/containerd"));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_THAT(text_of(result.findings[0]),
              AllOf(HasSubstr("which iptables the PATH of containerd leads to"),
                    Not(HasSubstr("save both twice")), Not(HasSubstr(" -F"))));
}

TEST(OwnerInBoth, OnlyWarnsAboutAnOwnerThatServesItsOwnTraffic) {
  const Snapshot node = a_node().legacy_rules(Owner::tailscale, 6).nft_rules(Owner::tailscale, 6);
  EXPECT_EQ(result_of("owner_in_both", node).status, CheckStatus::warn);
}

TEST(OwnerInBoth, ReportsASharedNameOnceAndNotWhenItsOwnersAreApart) {
  const OwnerSet shared = OwnerSet{Owner::kubelet} | Owner::kube_proxy;
  NodeBuilder node = a_node();
  node.nft_rules(shared, 5).legacy_rules(shared, 5);
  EXPECT_EQ(result_of("owner_in_both", node).findings.size(), 1U);

  node.legacy_rules(Owner::kube_proxy, 9);
  EXPECT_EQ(result_of("owner_in_both", node).findings.size(), 1U);

  node.no_rules_of(Owner::kube_proxy)
      .with(kube_proxy().legacy("1.8.11"))
      .legacy_rules(Owner::kube_proxy, 9);
  EXPECT_TRUE(result_of("owner_in_both", node).findings.empty());
}

TEST(OwnerInBoth, OnlyNotesSharedChainsBecauseTheyHoldTheSameEverywhere) {
  const OwnerSet shared = OwnerSet{Owner::kubelet} | Owner::kube_proxy;
  NodeBuilder node = a_node();
  node.nft_rules(shared, 5).legacy_rules(shared, 5);
  const CheckResult result = result_of("owner_in_both", node);
  EXPECT_EQ(result.status, CheckStatus::pass);
  EXPECT_THAT(text_of(result.findings.at(0)), Not(HasSubstr("endpoints")));

  // kube-proxy's IPv6 is in legacy, kubelet's in nf_tables: no copy, two writers.
  NodeBuilder apart = a_node();
  apart.rules(Backend::legacy, Owner::kube_proxy, 15, "filter", IpFamily::ipv6)
      .rules(Backend::legacy, shared, 5, "nat", IpFamily::ipv6)
      .rules(Backend::nf_tables, shared, 2, "filter", IpFamily::ipv6);
  EXPECT_TRUE(result_of("owner_in_both", apart).findings.empty());
}

TEST(OwnerInBoth, LeavesKubeletsHintToItsOwnCheck) {
  EXPECT_EQ(result_of("owner_in_both", a_node().hint(Backend::legacy)).status, CheckStatus::pass);
}

TEST(OwnerInBoth, IsUnknownWhenOneBackendWasNotRead) {
  EXPECT_EQ(result_of("owner_in_both", a_node().unread(Backend::nf_tables)).status,
            CheckStatus::unknown);
}

}  // namespace
}  // namespace iptmode
