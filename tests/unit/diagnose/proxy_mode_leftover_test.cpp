// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "finding_matchers.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace iptmode::testing;

CheckResult leftover_on(const Snapshot& snapshot) {
  return result_of("proxy_mode_leftover", snapshot);
}

NftTable own_table(std::uint64_t rules) {
  return {.family = "ip",
          .name = "kube-proxy",
          .table_owner = Owner::kube_proxy,
          .chains = 20,
          .rules = rules};
}

ComponentBuilder in_nftables_mode() {
  return kube_proxy().declares("nftables").native_nft();
}

/// The chains that kube-proxy is seen by in the nat table of nf_tables.
NodeBuilder with_chains(NodeBuilder node, std::vector<std::string> patterns) {
  return node.edit([&](Snapshot& snapshot) {
    for (NftTable& table : snapshot.networks.front().nft.value())
      for (OwnerUse& use : table.owners)
        if (use.owners == OwnerSet{Owner::kube_proxy}) use.patterns = patterns;
  });
}

TEST(ProxyModeLeftover, IsAnErrorWhenTheNativeTableOutlivesItsMode) {
  const CheckResult result = leftover_on(a_node().nft_table(own_table(40)));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::error);
  EXPECT_THAT(text_of(result.findings[0]),
              AllOf(HasSubstr("runs in iptables mode"), HasSubstr("ip kube-proxy: 40 rules"),
                    HasSubstr("nft delete table ip kube-proxy")));
}

TEST(ProxyModeLeftover, WarnsWhenTheNativeTableIsEmpty) {
  EXPECT_EQ(leftover_on(a_node().nft_table(own_table(0))).status, CheckStatus::warn);
}

TEST(ProxyModeLeftover, IsAnErrorWhenIptablesStillTranslatesInNftablesMode) {
  const CheckResult result =
      leftover_on(a_node().with(in_nftables_mode()).nft_table(own_table(40)));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::error);
  EXPECT_THAT(result.findings[0].message, HasSubstr("rules of its iptables mode"));
}

TEST(ProxyModeLeftover, FindsTheCopyInTheOtherBackend) {
  const CheckResult result = leftover_on(a_node()
                                             .no_rules_of(Owner::kube_proxy)
                                             .with(in_nftables_mode())
                                             .nft_table(own_table(40))
                                             .nat_rules(Backend::legacy, Owner::kube_proxy, 12));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_THAT(text_of(result.findings[0]), HasSubstr("legacy: 12 rules"));
}

TEST(ProxyModeLeftover, IsSilentWhenOnlyTheLiveModeHasRules) {
  EXPECT_EQ(leftover_on(a_node()).status, CheckStatus::pass);
  EXPECT_EQ(
      leftover_on(
          a_node().no_rules_of(Owner::kube_proxy).with(in_nftables_mode()).nft_table(own_table(40)))
          .status,
      CheckStatus::pass);
}

TEST(ProxyModeLeftover, DoesNotCountChainsThatKubeletShares) {
  const Snapshot node = a_node()
                            .no_rules_of(Owner::kube_proxy)
                            .with(in_nftables_mode())
                            .nft_rules(OwnerSet{Owner::kubelet} | Owner::kube_proxy, 4);
  EXPECT_THAT(leftover_on(node).findings, IsEmpty());
}

TEST(ProxyModeLeftover, TellsIpvsAndIptablesApartByTheirChains) {
  const NodeBuilder ipvs = a_node().with(kube_proxy().declares("ipvs"));
  const std::vector<std::string> own{"KUBE-LOAD-BALANCER", "KUBE-NODE-PORT", "KUBE-SERVICES"};
  EXPECT_THAT(leftover_on(with_chains(ipvs, own)).findings, IsEmpty());

  const CheckResult stale = leftover_on(with_chains(ipvs, {"KUBE-NODE-PORT", "KUBE-SVC-*"}));
  ASSERT_EQ(stale.findings.size(), 1U);
  EXPECT_EQ(stale.findings[0].severity, Severity::error);
  EXPECT_THAT(text_of(stale.findings[0]), HasSubstr("chains KUBE-SVC-*"));

  const CheckResult back = leftover_on(with_chains(a_node(), {"KUBE-IPVS-FILTER", "KUBE-SVC-*"}));
  ASSERT_EQ(back.findings.size(), 1U);
  EXPECT_EQ(back.findings[0].severity, Severity::warning);
}

TEST(ProxyModeLeftover, SkipsWithoutKubeProxyAndIsUndecidedWithoutItsMode) {
  const CheckResult none = leftover_on(a_node().without(ComponentKind::kube_proxy));
  EXPECT_EQ(none.status, CheckStatus::skip);
  EXPECT_EQ(none.message, "no kube-proxy runs here");
  EXPECT_EQ(leftover_on(a_node().with(kube_proxy().declares("unknown"))).status,
            CheckStatus::unknown);
  EXPECT_EQ(leftover_on(a_node().unread(Backend::legacy)).status, CheckStatus::unknown);
}

}  // namespace
}  // namespace iptmode
