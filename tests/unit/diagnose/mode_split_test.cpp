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

TEST(ModeSplit, FiresOnRulesBesideTheNodeThatInteractWithIts) {
  const CheckResult result = result_of("mode_split", a_node().legacy_rules(Owner::cni, 4, "nat"));
  EXPECT_EQ(result.status, CheckStatus::fail);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].subject, to_string(OwnerSet{Owner::cni}) + " in legacy");
  EXPECT_THAT(text_of(result.findings[0]), AllOf(HasSubstr("4 rules"), HasSubstr("legacy"),
                                                 HasSubstr("kube-proxy: 2912 rules")));
}

TEST(ModeSplit, IsSilentWhenTheSameRulesAreOnTheNodesSide) {
  EXPECT_EQ(result_of("mode_split", a_node().nft_rules(Owner::cni, 4, "nat")).status,
            CheckStatus::pass);
}

TEST(ModeSplit, OnlyWarnsAboutAnOwnerThatServesItsOwnTraffic) {
  const CheckResult result = result_of("mode_split", a_node().legacy_rules(Owner::tailscale, 6));
  EXPECT_EQ(result.status, CheckStatus::warn);
  EXPECT_THAT(result.message, HasSubstr("serves its own traffic only"));
}

TEST(ModeSplit, FindsTheLeftoversOfAComponentThatIsGone) {
  const CheckResult result = result_of("mode_split", a_node().legacy_rules(Owner::felix, 120));
  EXPECT_EQ(result.status, CheckStatus::fail);
  EXPECT_THAT(text_of(result.findings.at(0)), HasSubstr("know what you remove"));
}

TEST(ModeSplit, LeavesAComponentThatRunsHereToBackendMismatch) {
  const Snapshot node = a_node()
                            .with(kube_router().legacy("1.8.9"))
                            .no_rules_of(Owner::kube_router)
                            .legacy_rules(Owner::kube_router, 56);
  EXPECT_EQ(result_of("mode_split", node).status, CheckStatus::pass);
  EXPECT_EQ(result_of("backend_mismatch", node).status, CheckStatus::fail);
}

TEST(ModeSplit, LeavesASecondCopyToOwnerInBoth) {
  const Snapshot node = a_node().legacy_rules(Owner::kube_router, 56);
  EXPECT_EQ(result_of("mode_split", node).status, CheckStatus::pass);
  EXPECT_EQ(result_of("owner_in_both", node).status, CheckStatus::fail);
}

TEST(ModeSplit, DoesNotTakeAnEmptyTableForRules) {
  const Snapshot node = a_node().empty_legacy_table("filter").empty_legacy_table("nat");
  EXPECT_EQ(result_of("mode_split", node).status, CheckStatus::pass);
}

TEST(ModeSplit, WarnsAboutRulesOfAnUnknownWriter) {
  const CheckResult result = result_of("mode_split", a_node().legacy_rules({}, 3));
  EXPECT_EQ(result.status, CheckStatus::warn);
  EXPECT_EQ(result.findings.at(0).subject, "rules of unknown writers in legacy");
}

NodeBuilder a_node_with_legacy_kube_router() {
  NodeBuilder node = a_node();
  node.with(kube_router().legacy("1.8.9"))
      .no_rules_of(Owner::kube_router)
      .legacy_rules(Owner::kube_router, 56);
  return node;
}

TEST(ModeSplit, LeavesAFewUnknownRulesToTheWriterTheyComeWith) {
  const Snapshot few = a_node_with_legacy_kube_router().legacy_rules({}, 2, "nat");
  EXPECT_EQ(result_of("mode_split", few).status, CheckStatus::pass);
  EXPECT_THAT(text_of(result_of("backend_mismatch", few).findings.at(0)),
              HasSubstr("legacy: also 2 rules of writers that are not known"));

  const Snapshot many = a_node_with_legacy_kube_router().legacy_rules({}, 40);
  EXPECT_EQ(result_of("mode_split", many).status, CheckStatus::warn);
}

TEST(ModeSplit, LeavesAFewUnknownRulesToTheCheckOfTheWriterTheyComeWith) {
  const Snapshot few = a_node().legacy_rules(Owner::docker, 12).legacy_rules({}, 4, "nat");
  EXPECT_EQ(result_of("mode_split", few).status, CheckStatus::pass);
  EXPECT_THAT(text_of(result_of("docker_coexist", few).findings.at(0)),
              HasSubstr("legacy: also 4 rules of writers that are not known"));

  const Snapshot without_docker = a_node().legacy_rules({}, 4, "nat");
  EXPECT_EQ(result_of("mode_split", without_docker).status, CheckStatus::warn);
}

TEST(ModeSplit, DoesNotSwitchAHostThatIsThereAlready) {
  NodeBuilder node = a_node();
  node.legacy_rules({}, 40).host_iptables(Backend::nf_tables, "1.8.9");
  EXPECT_THAT(text_of(result_of("mode_split", node).findings.at(0)),
              AllOf(HasSubstr("restart it: the host's iptables is nf_tables already"),
                    Not(HasSubstr("update-alternatives"))));
  node.host_iptables(Backend::legacy, "1.8.9");
  EXPECT_THAT(text_of(result_of("mode_split", node).findings.at(0)),
              HasSubstr("update-alternatives --set iptables /usr/sbin/iptables-nft"));
}

TEST(ModeSplit, KnowsThatCniPluginsWriteTheNodesBackendByNow) {
  const auto with_containerd = [](const std::string& executable) {
    return a_node().legacy_rules(Owner::cni, 4, "nat").edit([&](Snapshot& snapshot) {
      for (Component& component : snapshot.components)
        if (component.kind == ComponentKind::containerd) component.executable = executable;
    });
  };
  EXPECT_THAT(
      text_of(
          result_of("mode_split", with_containerd("/var/lib/k0s/bin/containerd")).findings.at(0)),
      HasSubstr("CNI plugins write nf_tables by now"));
  EXPECT_THAT(
      text_of(result_of("mode_split", with_containerd("/usr/bin/containerd")).findings.at(0)),
      HasSubstr("let containerd run under k0s"));
}

TEST(ModeSplit, SeesUnknownRulesOnBothSides) {
  const Snapshot node = a_node().nft_rules({}, 2).legacy_rules({}, 40);
  EXPECT_EQ(result_of("mode_split", node).status, CheckStatus::warn);
}

TEST(ModeSplit, LooksAtEachFamilyAlone) {
  NodeBuilder node = a_node();
  node.nft_rules(Owner::cni, 4, "nat").rules(Backend::legacy, Owner::cni, 3, "nat", IpFamily::ipv6);
  const CheckResult alone = result_of("mode_split", node);
  EXPECT_EQ(alone.status, CheckStatus::warn);
  EXPECT_THAT(alone.message, HasSubstr("No rule in nf_tables acts on the same packets now"));

  node.rules(Backend::nf_tables, Owner::kube_proxy, 22, "filter", IpFamily::ipv6);
  EXPECT_EQ(result_of("mode_split", node).status, CheckStatus::fail);
}

TEST(ModeSplit, DoesNotTellAnybodyToEmptyWhatServesItsOwnTraffic) {
  const CheckResult result = result_of("mode_split", a_node().legacy_rules(Owner::libvirt, 6));
  EXPECT_THAT(text_of(result.findings.at(0)),
              AllOf(HasSubstr("nothing has to be done"), Not(HasSubstr(" -F"))));
}

TEST(ModeSplit, IsUnknownWhenOneBackendWasNotRead) {
  EXPECT_EQ(result_of("mode_split", a_node().unread(Backend::legacy)).status, CheckStatus::unknown);
}

TEST(ModeSplit, TakesTheMajorityOfRulesForTheSideWhereNothingRuns) {
  const Snapshot machine =
      a_plain_machine().nft_rules(Owner::docker, 40).legacy_rules(Owner::ufw, 20);
  const CheckResult result = result_of("mode_split", machine);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].subject, "ufw in legacy");
  EXPECT_EQ(result.findings[0].severity, Severity::error);
}

}  // namespace
}  // namespace iptmode
