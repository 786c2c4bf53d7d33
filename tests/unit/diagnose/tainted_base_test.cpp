// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "finding_matchers.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace iptmode::testing;

const BaseChain kInput{
    .name = "INPUT", .type = "filter", .hook = "input", .priority = 0, .policy = "accept"};
const BaseChain kForeign{.name = "mine",
                         .type = "filter",
                         .hook = "input",
                         .priority = 10,
                         .policy = "accept",
                         .rules = 2};

Snapshot with_chains(const std::vector<BaseChain>& chains, NodeBuilder node = a_node()) {
  return node.edit([&](Snapshot& snapshot) {
    for (NftTable& table : snapshot.networks.front().nft.value())
      if (table.family == "ip" && table.name == "filter") table.base_chains = chains;
  });
}

TEST(TaintedBase, WarnsOfAForeignBaseChain) {
  const CheckResult result = result_of("tainted_base", with_chains({kInput, kForeign}));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::warning);
  EXPECT_EQ(result.findings[0].subject, "table ip filter");
  const std::string text = text_of(result.findings[0]);
  EXPECT_THAT(text, HasSubstr("base chain \"mine\": type filter hook input priority 10"));
  EXPECT_THAT(text, HasSubstr("reader: kube-router (pid 1402): "));
  EXPECT_THAT(text, HasSubstr("nft delete chain ip filter 'mine'"));
}

TEST(TaintedBase, TakesANameOfIptablesAtAnotherPlaceForForeignToo) {
  BaseChain moved = kInput;
  moved.priority = 5;
  EXPECT_EQ(result_of("tainted_base", with_chains({moved})).findings.size(), 1U);
}

TEST(TaintedBase, IsCriticalForAReaderThatSavesAndRestoresTheTable) {
  EXPECT_EQ(
      result_of("tainted_base", with_chains({kForeign}, a_node().with(kube_router().nft("1.8.7"))))
          .severity,
      Severity::critical);
  EXPECT_EQ(
      result_of("tainted_base", with_chains({kForeign}, a_node().with(kube_proxy().nft("1.8.7"))))
          .severity,
      Severity::error);
}

TEST(TaintedBase, IsSilentAboutIptablesOwnChains) {
  EXPECT_THAT(result_of("tainted_base", with_chains({kInput})).findings, IsEmpty());
}

}  // namespace
}  // namespace iptmode
