// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "finding_matchers.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace iptmode::testing;

Snapshot with_piles(std::vector<RepeatedRule> piles) {
  return a_node().edit([&](Snapshot& snapshot) {
    for (NftTable& table : snapshot.networks.front().nft.value())
      if (table.family == "ip" && table.name == "filter") table.repeated = piles;
  });
}

RepeatedRule a_pile(std::string chain, std::uint64_t copies) {
  return {.chain = std::move(chain),
          .owners = Owner::kube_router,
          .copies = copies,
          .rule = "-j KUBE-ROUTER-INPUT"};
}

TEST(DuplicateRules, GradesByTheSizeOfThePile) {
  const auto severity = [](std::uint64_t copies) {
    return result_of("duplicate_rules", with_piles({a_pile("INPUT", copies)})).severity;
  };
  EXPECT_EQ(severity(3), Severity::warning);
  EXPECT_EQ(severity(49), Severity::warning);
  EXPECT_EQ(severity(50), Severity::error);
  EXPECT_EQ(severity(999), Severity::error);
  EXPECT_EQ(severity(1000), Severity::critical);
}

TEST(DuplicateRules, MakesOneFindingOfOneChain) {
  const CheckResult result =
      result_of("duplicate_rules",
                with_piles({a_pile("KUBE-ROUTER-INPUT", 70), a_pile("KUBE-ROUTER-INPUT", 4)}));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].subject, "KUBE-ROUTER-INPUT in filter, nf_tables, ipv4");
  const std::string text = text_of(result.findings[0]);
  EXPECT_THAT(text, HasSubstr("70 copies of `-j KUBE-ROUTER-INPUT` (kube-router)"));
  EXPECT_THAT(text, HasSubstr("4 copies"));
  EXPECT_THAT(text, HasSubstr("-t filter -F 'KUBE-ROUTER-INPUT'"));
}

TEST(DuplicateRules, DoesNotEmptyABuiltInChain) {
  const Snapshot snapshot =
      a_node().policy(Backend::nf_tables, "filter", "INPUT", "accept").edit([](Snapshot& node) {
        for (NftTable& table : node.networks.front().nft.value())
          if (table.family == "ip" && table.name == "filter") table.repeated = {a_pile("INPUT", 5)};
      });
  const std::string text = text_of(result_of("duplicate_rules", snapshot).findings.at(0));
  EXPECT_THAT(text, HasSubstr("delete the copies but one"));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("-F")));
}

TEST(DuplicateRules, LooksIntoLegacyTablesToo) {
  const Snapshot snapshot = a_node().legacy_rules({}, 9).edit([](Snapshot& node) {
    node.networks.front().legacy->front().repeated = {a_pile("INPUT", 9)};
  });
  EXPECT_EQ(result_of("duplicate_rules", snapshot).findings.at(0).subject,
            "INPUT in filter, legacy, ipv4");
}

TEST(DuplicateRules, IsSilentWithoutPilesAndUnknownWithoutTables) {
  EXPECT_THAT(result_of("duplicate_rules", a_node()).findings, IsEmpty());
  EXPECT_EQ(result_of("duplicate_rules", a_node().unread(Backend::nf_tables)).status,
            CheckStatus::unknown);
}

}  // namespace
}  // namespace iptmode
