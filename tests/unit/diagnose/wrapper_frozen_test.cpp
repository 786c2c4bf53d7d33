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

/// The node went from nf_tables to legacy; kube-router's container is older than that.
NodeBuilder a_changed_node() {
  NodeBuilder node = a_node();
  node.no_rules()
      .k0s_bin(Backend::legacy, "1.8.9")
      .with(kubelet().legacy("1.8.9"))
      .with(kube_proxy().legacy("1.8.11"))
      .hint(Backend::legacy)
      .nat_rules(Backend::legacy, Owner::kube_proxy, 2800)
      .nft_rules(Owner::kube_router, 56);
  return node;
}

TEST(WrapperFrozen, FiresOnAContainerThatIsOlderThanTheChangeOfMode) {
  const CheckResult result = result_of("wrapper_frozen", a_changed_node());
  EXPECT_EQ(result.status, CheckStatus::fail);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].subject, "kube-router (pid 1402)");
  EXPECT_THAT(text_of(result.findings[0]),
              AllOf(HasSubstr("keeps the nf_tables that its wrapper chose earlier"),
                    HasSubstr("it would choose legacy now: the hint of kubelet is in legacy"),
                    HasSubstr("delete the pod"), HasSubstr("xtables-nft-multi iptables")));
}

TEST(WrapperFrozen, IsSilentWhenTheWrapperWouldChooseTheSameAgain) {
  EXPECT_EQ(result_of("wrapper_frozen", a_node()).status, CheckStatus::pass);
  EXPECT_EQ(
      result_of("wrapper_frozen", a_changed_node().with(kube_router().legacy("1.8.9"))).status,
      CheckStatus::pass);
}

TEST(WrapperFrozen, IsSilentWithoutAWrapperInTheImage) {
  EXPECT_EQ(result_of("wrapper_frozen", a_changed_node().with(kube_router().no_wrapper())).status,
            CheckStatus::pass);
}

TEST(WrapperFrozen, OnlyWarnsWhereTheLinkIsRightAndTheHintIsOld) {
  NodeBuilder node = a_changed_node();
  node.with(kube_router().legacy("1.8.9")).hint(Backend::nf_tables);
  const CheckResult result = result_of("wrapper_frozen", node);
  EXPECT_EQ(result.status, CheckStatus::warn);
  EXPECT_THAT(text_of(result.findings.at(0)), HasSubstr("hint_in_both says how"));

  const CheckResult alone = result_of("wrapper_frozen", a_node().hint_only_in(Backend::legacy));
  EXPECT_EQ(alone.status, CheckStatus::warn);
  EXPECT_THAT(text_of(alone.findings.at(0)), HasSubstr("do not recreate the container yet"));
}

TEST(WrapperFrozen, IsUnknownWhenTheHintWasNotRead) {
  EXPECT_EQ(result_of("wrapper_frozen", a_node().unread(Backend::nf_tables)).status,
            CheckStatus::unknown);
}

}  // namespace
}  // namespace iptmode
