// SPDX-License-Identifier: GPL-2.0-or-later
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "finding_matchers.h"
#include "iptmode/diagnose.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

using ::testing::HasSubstr;
using namespace iptmode::testing;

TEST(AllChecks, HaveUniqueIdsOfSnakeCase) {
  std::set<std::string_view> ids;
  for (const Check& check : all_checks()) {
    SCOPED_TRACE(check.id);
    EXPECT_TRUE(ids.insert(check.id).second);
    EXPECT_EQ(check.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string_view::npos);
    EXPECT_EQ(find_check(check.id), &check);
  }
}

TEST(AllChecks, ExplainThemselves) {
  for (const Check& check : all_checks()) {
    SCOPED_TRACE(check.id);
    EXPECT_NE(check.run != nullptr, check.run_on_readings != nullptr);  // one of the two
    EXPECT_GT(check.title.size(), 15U);
    EXPECT_GT(check.looks_for.size(), 60U);
    EXPECT_GT(check.matters.size(), 60U);
    EXPECT_GT(check.mend.size(), 30U);
    EXPECT_GT(check.sources.size(), 8U);
    EXPECT_FALSE(check.needs.empty());
  }
}

TEST(FindCheck, KnowsNoOtherName) {
  EXPECT_EQ(find_check("no_such_check"), nullptr);
}

TEST(Diagnose, ReportsEveryCheckInTheOrderOfTheTable) {
  const auto results = diagnose(a_node());
  ASSERT_EQ(results.size(), all_checks().size());
  for (std::size_t i = 0; i < results.size(); ++i) EXPECT_EQ(results[i].id, all_checks()[i].id);
}

TEST(Diagnose, LeavesOutWhatWasNotSelected) {
  const Snapshot broken = a_node().hint(Backend::legacy);
  for (const CheckResult& result : diagnose(broken, {.only = {"hint_in_both"}}))
    EXPECT_EQ(result.message == "not selected", result.id != "hint_in_both") << result.id;
  for (const CheckResult& result : diagnose(broken, {.skip = {"hint_in_both"}}))
    if (result.id == "hint_in_both") {
      EXPECT_EQ(result.status, CheckStatus::skip);
      EXPECT_TRUE(result.findings.empty());
    }
}

TEST(Diagnose, CallsAPassWithAGapUnknownAndNamesTheGap) {
  const CheckResult result =
      result_of("hint_in_both", a_node().unread(Backend::legacy, "read: Input/output error"));
  EXPECT_EQ(result.status, CheckStatus::unknown);
  EXPECT_THAT(result.message, HasSubstr("legacy tables: read: Input/output error"));
}

TEST(Diagnose, IgnoresAGapThatHidesNothingTheCheckNeeds) {
  const Snapshot node = a_node().gap(Fact::declared, "kube-proxy (pid 1311)");
  EXPECT_EQ(result_of("hint_in_both", node).status, CheckStatus::pass);
}

TEST(Diagnose, LetsAFaultThatWasSeenDecideInSpiteOfAGap) {
  const Snapshot node = a_node()
                            .with(kubelet().legacy("1.8.9"))
                            .hint(Backend::legacy)
                            .gap(Fact::nft_rules, "nft tables");
  const CheckResult result = result_of("hint_in_both", node);
  EXPECT_EQ(result.status, CheckStatus::fail);
  EXPECT_EQ(result.severity, Severity::error);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.message, result.findings.front().message);
}

}  // namespace
}  // namespace iptmode
