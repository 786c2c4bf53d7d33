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
