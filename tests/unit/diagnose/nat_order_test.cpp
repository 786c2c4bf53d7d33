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

TEST(NatOrder, FiresWhenOneOwnerTranslatesInBothBackends) {
  const CheckResult result =
      result_of("nat_order", a_node().nat_rules(Backend::legacy, Owner::kube_proxy, 900));
  EXPECT_EQ(result.status, CheckStatus::fail);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_THAT(
      text_of(result.findings[0]),
      AllOf(HasSubstr("registered last"), HasSubstr("legacy: 900 translations of 900 rules"),
            HasSubstr("nf_tables: 2800 translations of 2912 rules")));
}

TEST(NatOrder, IsSilentWhenTheSecondCopyTranslatesNothing) {
  EXPECT_EQ(result_of("nat_order", a_node().legacy_rules(Owner::kube_proxy, 900)).status,
            CheckStatus::pass);
}

TEST(NatOrder, IsSilentAboutDifferentOwners) {
  EXPECT_EQ(result_of("nat_order", a_node().nat_rules(Backend::legacy, Owner::cni, 4)).status,
            CheckStatus::pass);
}

TEST(NatOrder, IsUnknownWhenOneBackendWasNotRead) {
  EXPECT_EQ(result_of("nat_order", a_node().unread(Backend::legacy)).status, CheckStatus::unknown);
}

}  // namespace
}  // namespace iptmode
