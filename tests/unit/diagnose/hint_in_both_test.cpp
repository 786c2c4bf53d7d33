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

TEST(HintInBoth, FiresWhenKubeletLeftNfTablesWithoutAReboot) {
  const CheckResult result =
      result_of("hint_in_both", a_node().hint(Backend::legacy).with(kubelet().legacy("1.8.9")));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].subject, "kubelet (pid 902)");
  EXPECT_EQ(result.findings[0].severity, Severity::error);
  EXPECT_THAT(
      text_of(result.findings[0]),
      AllOf(
          HasSubstr("in legacy mangle: KUBE-IPTABLES-HINT (ipv4)"),
          HasSubstr("while kubelet writes legacy"),
          HasSubstr(
              "to stay in nf_tables, where the containers are: start k0s with --iptables-mode=nft"),
          HasSubstr("xtables-legacy-multi ip6tables -t mangle -X KUBE-KUBELET-CANARY"),
          Not(HasSubstr("-t nat")), HasSubstr("or to go to legacy")));
}

TEST(HintInBoth, OnlyWarnsWhenTheHintThatWinsIsTheTrueOne) {
  const CheckResult result = result_of("hint_in_both", a_node().hint(Backend::legacy));
  EXPECT_EQ(result.status, CheckStatus::warn);
  EXPECT_THAT(text_of(result.findings.at(0)), HasSubstr("left over from the earlier mode"));
}

TEST(HintInBoth, IsAnErrorWhenNobodyKnowsWhatKubeletUses) {
  const Snapshot node =
      a_node().without(ComponentKind::kubelet).without_k0s().hint(Backend::legacy);
  EXPECT_EQ(result_of("hint_in_both", node).status, CheckStatus::fail);
}

TEST(HintInBoth, DoesNotSpeakOfAnEarlierModeWhereOnlyTheFamiliesDiffer) {
  const Snapshot node = a_node().hint(Backend::legacy).edit([](Snapshot& snapshot) {
    auto& hints = snapshot.networks.at(0).hints;
    hints.at(Backend::nf_tables).at(1) = {};
    hints.at(Backend::legacy).at(0) = {};
  });
  const CheckResult result = result_of("hint_in_both", node);
  EXPECT_EQ(result.status, CheckStatus::warn);
  EXPECT_THAT(text_of(result.findings.at(0)),
              AllOf(HasSubstr("iptables and its ip6tables differ"), Not(HasSubstr("-X KUBE"))));
}

TEST(HintInBoth, IsSilentWhenTheHintIsInOneBackend) {
  EXPECT_EQ(result_of("hint_in_both", a_node()).status, CheckStatus::pass);
  EXPECT_EQ(result_of("hint_in_both", a_node().hint_only_in(Backend::legacy)).status,
            CheckStatus::pass);
}

TEST(HintInBoth, IsUnknownWhenOneBackendWasNotRead) {
  EXPECT_EQ(result_of("hint_in_both", a_node().unread(Backend::legacy)).status,
            CheckStatus::unknown);
}

}  // namespace
}  // namespace iptmode
