// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "iptmode/fleet.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

using testing::a_node;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Snapshot named(Snapshot snapshot, const std::string& hostname) {
  snapshot.node.hostname = hostname;
  return snapshot;
}

FleetNode node_of(const Snapshot& snapshot, const std::string& hostname) {
  return fleet_node(hostname + ".json", judge(named(snapshot, hostname)));
}

Snapshot healthy() {
  return a_node();
}

Snapshot split() {
  return a_node()
      .with(testing::kube_router().legacy("1.8.9"))
      .no_rules_of(Owner::kube_router)
      .legacy_rules(Owner::kube_router, 52);
}

std::vector<std::string> names_of(const Fleet& fleet) {
  std::vector<std::string> names;
  for (const FleetNode& node : fleet.nodes) names.push_back(node.hostname);
  return names;
}

TEST(FleetNode, KeepsTheComponentsOfTheNodeItself) {
  const FleetNode node =
      node_of(a_node().also(testing::kube_proxy().pid(9).in_network(testing::kOtherNetwork)), "a");
  EXPECT_THAT(node.components, ElementsAre(FleetComponent{"k0s", "nf_tables", "1.8.9"},
                                           FleetComponent{"kube-proxy", "nf_tables", "1.8.11"},
                                           FleetComponent{"kube-router", "nf_tables", "1.8.9"},
                                           FleetComponent{"kubelet", "nf_tables", "1.8.9"}));
  EXPECT_EQ(node.verdict, Verdict::pass);
  EXPECT_TRUE(node.faults.empty());
}

TEST(CompareNodes, PutsTheOddOnesFirst) {
  const Fleet fleet =
      compare_nodes({node_of(healthy(), "a"), node_of(split(), "z"), node_of(healthy(), "b")}, {});
  EXPECT_THAT(names_of(fleet), ElementsAre("z", "a", "b"));
  ASSERT_EQ(fleet.groups.size(), 2U);
  EXPECT_THAT(fleet.groups[0].nodes, ElementsAre(0U));
  EXPECT_THAT(fleet.groups[1].nodes, ElementsAre(1U, 2U));
  EXPECT_EQ(fleet.verdict, Verdict::fail);
  EXPECT_EQ(fleet.message, "3 nodes: 1 fail; 2 groups that differ");
}

TEST(CompareNodes, HasOneOrderWhateverTheOrderOfTheFiles) {
  const FleetNode a = node_of(healthy(), "a");
  const FleetNode b = node_of(split(), "b");
  const FleetNode c = node_of(a_node().k0s_mode("legacy"), "c");
  EXPECT_EQ(names_of(compare_nodes({a, b, c}, {})), names_of(compare_nodes({c, b, a}, {})));
}

TEST(CompareNodes, CallsNodesAlikeThatDifferInNameOnly) {
  const Fleet fleet = compare_nodes({node_of(healthy(), "a"), node_of(healthy(), "b")}, {});
  EXPECT_EQ(fleet.groups.size(), 1U);
  EXPECT_EQ(fleet.verdict, Verdict::pass);
  EXPECT_EQ(fleet.message, "2 nodes, all pass; all alike");
}

TEST(CompareNodes, CountsAFindingOverTheNodesThatHaveIt) {
  const Fleet fleet =
      compare_nodes({node_of(split(), "a"), node_of(healthy(), "b"), node_of(split(), "c")}, {});
  const auto fault = std::ranges::find(fleet.faults, "backend_mismatch", &SharedFault::check);
  ASSERT_NE(fault, fleet.faults.end());
  std::vector<std::string> names;
  for (const std::size_t index : fault->nodes) names.push_back(fleet.nodes[index].hostname);
  EXPECT_THAT(names, ElementsAre("a", "c"));
  EXPECT_GE(fault->severity, Severity::error);
  EXPECT_TRUE(std::ranges::is_sorted(fleet.faults, std::greater<>{}, &SharedFault::severity));
}

TEST(CompareNodes, NeverPassesWhileAFileWasNotRead) {
  const UnreadFile bad{.file = "bad.json", .reason = "the file is cut off"};
  const Fleet one = compare_nodes({node_of(healthy(), "a")}, {bad});
  EXPECT_EQ(one.verdict, Verdict::unknown);
  EXPECT_THAT(one.message, HasSubstr("1 file not read"));
  EXPECT_EQ(compare_nodes({node_of(split(), "a")}, {bad}).verdict, Verdict::fail);
  EXPECT_EQ(compare_nodes({}, {bad, bad}).message, "no node could be read, 2 files not read");
}

}  // namespace
}  // namespace iptmode
