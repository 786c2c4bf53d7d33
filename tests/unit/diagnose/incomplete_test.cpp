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

TEST(Incomplete, IsUndecidedAndListsWhatWasNotRead) {
  const CheckResult result = result_of(
      "incomplete",
      a_node().gap(Fact::installations, "kube-proxy (pid 1311)", "setns: Operation not permitted"));
  EXPECT_EQ(result.status, CheckStatus::unknown);
  EXPECT_EQ(result.message, "not read: kube-proxy (pid 1311)");
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::info);
  EXPECT_THAT(text_of(result.findings[0]),
              AllOf(HasSubstr("setns: Operation not permitted"), HasSubstr("checks that need it: "),
                    HasSubstr("version_skew"), HasSubstr("run iptmode as root")));
}

TEST(Incomplete, ListsEachGapAndCountsThem) {
  const CheckResult result = result_of(
      "incomplete", a_node().unread(Backend::legacy).gap(Fact::declared, "kube-proxy (pid 1311)"));
  EXPECT_EQ(result.findings.size(), 2U);
  EXPECT_EQ(result.message, "2 facts could not be read, the first: kube-proxy (pid 1311)");
}

TEST(Incomplete, PassesWithAGapThatHidesNothing) {
  const Snapshot node = a_node().edit([](Snapshot& snapshot) {
    snapshot.gaps = {{.subject = "firewalld", .reason = "no answer", .hides = std::nullopt}};
  });
  const CheckResult result = result_of("incomplete", node);
  EXPECT_EQ(result.status, CheckStatus::pass);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_THAT(result.findings[0].message, HasSubstr("No check depends on it"));
}

TEST(Incomplete, IsSilentWhenEverythingWasRead) {
  EXPECT_THAT(result_of("incomplete", a_node()).findings, IsEmpty());
  EXPECT_EQ(result_of("incomplete", a_node()).status, CheckStatus::pass);
}

}  // namespace
}  // namespace iptmode
