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

TEST(WrapperUnresolved, OnlyNotesOneThatWouldChooseRightly) {
  const CheckResult result =
      result_of("wrapper_unresolved",
                a_node().with(kube_proxy().unresolved()).no_rules_of(Owner::kube_proxy));
  EXPECT_EQ(result.status, CheckStatus::pass);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::info);
  EXPECT_THAT(text_of(result.findings[0]),
              AllOf(HasSubstr("would take nf_tables, as this node does"),
                    HasSubstr("not even iptables -V"), HasSubstr("goWrapper")));
}

TEST(WrapperUnresolved, IsSilentOnceTheWrapperHasChosen) {
  EXPECT_TRUE(result_of("wrapper_unresolved", a_node()).findings.empty());
}

TEST(WrapperUnresolved, WarnsBeforeKubeletsHintExists) {
  const CheckResult result =
      result_of("wrapper_unresolved",
                a_node().with(kube_proxy().unresolved()).no_rules_of(Owner::kube_proxy).no_hint());
  EXPECT_EQ(result.status, CheckStatus::warn);
  EXPECT_THAT(result.message, HasSubstr("the hint of kubelet is not there yet"));
}

TEST(WrapperUnresolved, IsAnErrorWhenItWouldTakeTheOtherSide) {
  const Snapshot node = a_node()
                            .no_rules()
                            .k0s_bin(Backend::legacy, "1.8.9")
                            .with(kubelet().legacy("1.8.9"))
                            .with(kube_router().legacy("1.8.9"))
                            .with(kube_proxy().unresolved())
                            .legacy_rules(Owner::kube_router, 56);
  const CheckResult result = result_of("wrapper_unresolved", node);
  EXPECT_EQ(result.status, CheckStatus::fail);
  EXPECT_THAT(result.message,
              HasSubstr("take nf_tables and keep it, while this node is in legacy"));
}

TEST(WrapperUnresolved, KnowsThatTheFirstFormIgnoresTheHint) {
  const Snapshot node =
      a_node().with(kube_router().unresolved(ProgramForm::shell_wrapper_v1)).legacy_rules({}, 5000);
  EXPECT_EQ(result_of("wrapper_unresolved", node).status, CheckStatus::fail);
}

TEST(WrapperUnresolved, DoesNotMissAHintThatTheFirstFormNeverReads) {
  const CheckResult result = result_of(
      "wrapper_unresolved", a_node().with(kube_proxy().unresolved(ProgramForm::shell_wrapper_v1)));
  EXPECT_EQ(result.status, CheckStatus::warn);
  EXPECT_THAT(text_of(result.findings.at(0)),
              AllOf(HasSubstr("does not read the hint of kubelet, it counts rules (legacy holds 0"),
                    Not(HasSubstr("is not there yet")), HasSubstr("a wrapper of 2022 or later")));
}

TEST(WrapperUnresolved, IsUndecidedWhenTheHintWasNotRead) {
  const CheckResult result = result_of(
      "wrapper_unresolved", a_node().with(kube_proxy().unresolved()).unread(Backend::nf_tables));
  EXPECT_EQ(result.status, CheckStatus::unknown);
  EXPECT_THAT(result.message, HasSubstr("kube-proxy (pid 1311)"));
}

TEST(WrapperUnresolved, LeavesOutKubeProxyInNftablesMode) {
  const Snapshot node = a_node().with(kube_proxy().unresolved().declares("nftables").native_nft());
  EXPECT_TRUE(result_of("wrapper_unresolved", node).findings.empty());
}

}  // namespace
}  // namespace iptmode
