// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "finding_matchers.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

using ::testing::HasSubstr;
using namespace iptmode::testing;

TEST(HintAbsent, OnlyNotesItWhereTheDefaultIsRightAnyway) {
  const CheckResult result = result_of("hint_absent", a_node().no_hint());
  EXPECT_EQ(result.status, CheckStatus::pass);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::info);
  EXPECT_THAT(text_of(result.findings[0]), HasSubstr("in legacy mangle: none"));
}

TEST(HintAbsent, WarnsWhereTheDefaultIsTheOtherSide) {
  const Snapshot node = a_node()
                            .no_rules()
                            .k0s_bin(Backend::legacy, "1.8.9")
                            .with(kubelet().legacy("1.8.9"))
                            .with(kube_proxy().legacy("1.8.11"))
                            .nat_rules(Backend::legacy, Owner::kube_proxy, 2800);
  const CheckResult result = result_of("hint_absent", node);
  EXPECT_EQ(result.status, CheckStatus::warn);
  EXPECT_THAT(result.message, HasSubstr("while this node uses legacy"));
}

TEST(HintAbsent, IsSilentWhenOneBackendHasTheHint) {
  EXPECT_TRUE(result_of("hint_absent", a_node()).findings.empty());
  EXPECT_TRUE(result_of("hint_absent", a_node().hint_only_in(Backend::legacy)).findings.empty());
}

TEST(HintAbsent, SkipsWithoutAKubelet) {
  const CheckResult result =
      result_of("hint_absent", a_node().without(ComponentKind::kubelet).no_hint());
  EXPECT_EQ(result.status, CheckStatus::skip);
  EXPECT_EQ(result.message, "no kubelet runs here");
}

TEST(HintAbsent, DoesNotTakeAnUnreadTableForAnAbsentHint) {
  const CheckResult result = result_of("hint_absent", a_node().no_hint().unread(Backend::legacy));
  EXPECT_EQ(result.status, CheckStatus::unknown);
  EXPECT_TRUE(result.findings.empty());
}

TEST(HintAbsent, NeedsOnlyTheBackendThatHasTheHint) {
  EXPECT_EQ(result_of("hint_absent", a_node().unread(Backend::legacy)).status, CheckStatus::pass);
}

}  // namespace
}  // namespace iptmode
