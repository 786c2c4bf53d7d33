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

TEST(HintMismatch, FiresWhenKubeletWouldWriteTheHintElsewhereNow) {
  const Snapshot node = a_node().k0s_bin(Backend::legacy, "1.8.9").with(kubelet().legacy("1.8.9"));
  const CheckResult result = result_of("hint_mismatch", node);
  EXPECT_EQ(result.status, CheckStatus::fail);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].subject, "kubelet (pid 902)");
  EXPECT_THAT(
      text_of(result.findings[0]),
      AllOf(HasSubstr("hint of kubelet is in nf_tables while iptables of kubelet is legacy"),
            HasSubstr("--iptables-mode=nft")));
}

TEST(HintMismatch, IsSilentWhenTheHintIsWhereKubeletWrites) {
  EXPECT_EQ(result_of("hint_mismatch", a_node()).status, CheckStatus::pass);
}

TEST(HintMismatch, FiresWhenK0sWasToldTheOtherMode) {
  const CheckResult result = result_of("hint_mismatch", a_node().k0s_mode("legacy"));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].subject, "k0s (/var/lib/k0s/bin)");
  EXPECT_THAT(result.message, HasSubstr("k0s was told --iptables-mode=legacy"));
}

TEST(HintMismatch, OnlyWarnsWhileNoKubeletRuns) {
  const Snapshot node =
      a_node().k0s_stopped().without(ComponentKind::kubelet).k0s_bin(Backend::legacy, "1.8.9");
  EXPECT_EQ(result_of("hint_mismatch", node).status, CheckStatus::warn);
}

TEST(HintMismatch, LeavesAHintInBothToItsOwnCheck) {
  const Snapshot node = a_node().hint(Backend::legacy).with(kubelet().legacy("1.8.9"));
  EXPECT_EQ(result_of("hint_mismatch", node).status, CheckStatus::pass);
}

TEST(HintMismatch, IsUnknownWhenOneBackendWasNotRead) {
  EXPECT_EQ(result_of("hint_mismatch", a_node().unread(Backend::legacy)).status,
            CheckStatus::unknown);
}

}  // namespace
}  // namespace iptmode
