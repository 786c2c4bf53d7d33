// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "finding_matchers.h"
#include "path_builder.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using namespace iptmode::testing;

/// The cluster's rules in nf_tables, and a forward chain of somebody else.
Snapshot a_node_with(PathBase other) {
  return a_node().edit([&](Snapshot& snapshot) {
    give_uplink(snapshot, {});
    add_base(snapshot, {.chain = "FORWARD",
                        .hook = "forward",
                        .rules = {{.action = {.kind = Action::Kind::accept}}}});
    other.chain = "FORWARD";
    other.hook = "forward";
    add_base(snapshot, other);
  });
}

TEST(DropInOther, FiresForAPolicyInTheOtherBackend) {
  const CheckResult result =
      result_of("drop_in_other", a_node_with({.backend = Backend::legacy, .policy = "drop"}));
  EXPECT_EQ(result.status, CheckStatus::fail);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::critical);
  EXPECT_THAT(text_of(result.findings[0]),
              AllOf(HasSubstr("dropped by legacy filter FORWARD, policy drop"),
                    HasSubstr("nf_tables ip filter: "), HasSubstr("of kube-router"),
                    HasSubstr("-t filter -P FORWARD ACCEPT")));
}

TEST(DropInOther, FiresForARuleOfANativeTable) {
  const CheckResult result = result_of(
      "drop_in_other", a_node_with({.family = "inet",
                                    .table = "guard",
                                    .rules = {{.action = {.kind = Action::Kind::reject}}}}));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_THAT(text_of(result.findings[0]),
              HasSubstr("rejected by nf_tables inet guard FORWARD, rule 1: -j REJECT"));
}

TEST(DropInOther, IsSilentWhenTheOtherChainLetsPodsPass) {
  EXPECT_EQ(result_of("drop_in_other", a_node_with({.backend = Backend::legacy})).status,
            CheckStatus::pass);
}

TEST(DropInOther, LeavesADropAmongTheClustersOwnRulesAlone) {
  Snapshot snapshot = a_node().edit([](Snapshot& node) {
    give_uplink(node, {});
    add_base(node, {.chain = "FORWARD", .hook = "forward", .policy = "drop"});
  });
  EXPECT_EQ(result_of("drop_in_other", snapshot).status, CheckStatus::pass);
}

TEST(DropInOther, DoesNotGuess) {
  Rule unknown{.conditions = {{.name = "lookup", .decoded = false}},
               .action = {.kind = Action::Kind::drop}};
  EXPECT_EQ(
      result_of("drop_in_other", a_node_with({.backend = Backend::legacy, .rules = {unknown}}))
          .status,
      CheckStatus::pass);
}

}  // namespace
}  // namespace iptmode
