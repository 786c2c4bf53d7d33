// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "finding_matchers.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using namespace iptmode::testing;

TEST(LegacyEmpty, NotesTablesThatHoldNothing) {
  const CheckResult result =
      result_of("legacy_empty",
                a_node().empty_legacy_table("filter").empty_legacy_table("mangle", IpFamily::ipv6));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.status, CheckStatus::pass);
  EXPECT_EQ(result.findings[0].severity, Severity::info);
  EXPECT_THAT(text_of(result.findings[0]), HasSubstr("filter (ipv4), mangle (ipv6)"));
  EXPECT_THAT(text_of(result.findings[0]), Not(HasSubstr("next start")));
}

TEST(LegacyEmpty, IsSilentWhereLegacyHoldsRulesOrRefusesPackets) {
  EXPECT_THAT(
      result_of("legacy_empty", a_node().legacy_rules({}, 3).empty_legacy_table("mangle")).findings,
      IsEmpty());
  EXPECT_THAT(result_of("legacy_empty", a_node().empty_legacy_table("filter").policy(
                                            Backend::legacy, "filter", "FORWARD", "drop"))
                  .findings,
              IsEmpty());
  EXPECT_THAT(result_of("legacy_empty", a_node()).findings, IsEmpty());
}

TEST(LegacyEmpty, SaysWhenTheyWouldMislead) {
  const CheckResult result =
      result_of("legacy_empty", a_node().no_rules().empty_legacy_table("filter"));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_THAT(text_of(result.findings[0]), HasSubstr("would choose legacy at its next start"));
  const CheckResult told =
      result_of("legacy_empty", a_node().no_rules().empty_legacy_table("filter").k0s_mode("nft"));
  ASSERT_EQ(told.findings.size(), 1U);
  EXPECT_THAT(text_of(told.findings[0]), Not(HasSubstr("next start")));
}

TEST(LegacyEmpty, DoesNotPassWithoutTheTables) {
  EXPECT_EQ(result_of("legacy_empty", a_node().unread(Backend::legacy)).status,
            CheckStatus::unknown);
}

}  // namespace
}  // namespace iptmode
