// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "finding_matchers.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

using ::testing::HasSubstr;
using namespace iptmode::testing;

TEST(HintInBoth, FiresWhenTheHintOfAnEarlierModeIsStillThere) {
  const CheckResult result = result_of("hint_in_both", a_node().hint(Backend::legacy));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].subject, "kubelet (pid 902)");
  EXPECT_EQ(result.findings[0].severity, Severity::error);
  EXPECT_THAT(text_of(result.findings[0]),
              HasSubstr("in legacy mangle: KUBE-IPTABLES-HINT (ipv4)"));
}

TEST(HintInBoth, IsSilentWhenTheHintIsInOneBackend) {
  EXPECT_EQ(result_of("hint_in_both", a_node()).status, CheckStatus::pass);
  EXPECT_EQ(result_of("hint_in_both", a_node().hint_only_in(Backend::legacy)).status,
            CheckStatus::pass);
}

}  // namespace
}  // namespace iptmode
