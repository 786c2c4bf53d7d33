// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "iptmode/fleet.h"

namespace iptmode {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

FleetNode a_fleet_node(const std::string& hostname, const std::string& router, char group) {
  return {.file = hostname + ".json",
          .hostname = hostname,
          .taken_at = 1769854830,
          .verdict = router == "legacy" ? Verdict::fail : Verdict::pass,
          .message = router == "legacy" ? "kube-router writes legacy" : "all on nf_tables",
          .fingerprint = std::string(64, group),
          .components = {{"host", "nf_tables", "1.8.9"}, {"kube-router", router, "1.8.9"}},
          .faults = router == "legacy"
                        ? std::vector<FleetFault>{{"backend_mismatch", Severity::error}}
                        : std::vector<FleetFault>{}};
}

Fleet a_fleet() {
  return compare_nodes(
      {a_fleet_node("worker-1", "nf_tables", 'a'), a_fleet_node("worker-2", "nf_tables", 'a'),
       a_fleet_node("worker-3", "legacy", 'b')},
      {{.file = "worker-4.json", .reason = "the file is cut off"}});
}

TEST(RenderFleetText, ShowsTheOddOneFirstThenGroupsFindingsAndWhatWasNotRead) {
  EXPECT_EQ(render_fleet_text(a_fleet(), {.width = 100}),
            R"(FAIL  3 nodes: 1 fail, 1 file not read; 2 groups that differ

NODE      GROUP  VERDICT  host             kube-router
worker-3  1      fail     nf_tables 1.8.9  legacy 1.8.9     <-
worker-1  2      pass     nf_tables 1.8.9  nf_tables 1.8.9
worker-2  2      pass     nf_tables 1.8.9  nf_tables 1.8.9

GROUPS OF NODES THAT ARE ALIKE, THE ODD ONES FIRST
   1  bbbbbbbbbbbb  1 node: worker-3: kube-router writes legacy
   2  aaaaaaaaaaaa  2 nodes: worker-1, worker-2: all on nf_tables

FINDINGS
error       backend_mismatch on 1 of 3 nodes: worker-3

NOT READ
  worker-4.json: the file is cut off
)");
}

TEST(RenderFleetText, LeavesOutTheColumnsThatAreTheSameEverywhereFirst) {
  const std::string text = render_fleet_text(a_fleet(), {.width = 52});
  EXPECT_THAT(text, HasSubstr("kube-router\n"));
  EXPECT_THAT(text, Not(HasSubstr("host  ")));
}

TEST(RenderFleetText, IsBriefWhenAsked) {
  EXPECT_EQ(render_fleet_text(a_fleet(), {.quiet = true}),
            "FAIL  3 nodes: 1 fail, 1 file not read; 2 groups that differ\n"
            "FINDINGS\nerror       backend_mismatch on 1 of 3 nodes: worker-3\n"
            "NOT READ\n  worker-4.json: the file is cut off\n");
}

TEST(RenderFleetText, NamesTenNodesAndCountsTheOthers) {
  std::vector<FleetNode> nodes;
  for (int i = 100; i < 200; ++i)
    nodes.push_back(a_fleet_node("n" + std::to_string(i), "legacy", 'c'));
  const std::string text = render_fleet_text(compare_nodes(nodes, {}), {.width = 200});
  EXPECT_THAT(text, HasSubstr("on 100 of 100 nodes: n100, n101,"));
  EXPECT_THAT(text, HasSubstr("n109 and 90 more"));
}

TEST(RenderFleet, LetsNoForeignByteThrough) {
  FleetNode node = a_fleet_node("worker", "legacy", 'a');
  node.hostname = "w\x1b[2J\xff\n";
  node.file = "f\x1b[2J\xff\n";
  const Fleet fleet = compare_nodes({node}, {{.file = "\x1b\xff", .reason = "\x1b\n"}});
  for (const std::string& text : {render_fleet_text(fleet, {}), render_fleet_json(fleet)}) {
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
    EXPECT_THAT(text, Not(HasSubstr("\xff")));
  }
}

TEST(RenderFleetJson, HasVerdictAndMessageFirstAndEveryKey) {
  const std::string text = render_fleet_json(a_fleet());
  EXPECT_EQ(text.find("{\n  \"verdict\": \"fail\",\n  \"message\": \"3 nodes"), 0U);
  const auto json = nlohmann::ordered_json::parse(text);
  EXPECT_EQ(json["schema"], "iptmode.fleet/1");
  EXPECT_EQ(json["summary"]["nodes"], 3);
  EXPECT_EQ(json["summary"]["unread"], 1);
  EXPECT_EQ(json["groups"][0]["files"], nlohmann::ordered_json::array({"worker-3.json"}));
  EXPECT_EQ(json["nodes"][0]["takenAt"], "2026-01-31T10:20:30Z");
  EXPECT_EQ(json["nodes"][0]["components"][1]["backend"], "legacy");
  EXPECT_EQ(json["faults"][0]["check"], "backend_mismatch");
  EXPECT_EQ(json["faults"][0]["files"].size(), 1U);
  EXPECT_EQ(json["unread"][0]["reason"], "the file is cut off");
}

TEST(RenderFleetJson, HasNullForAVersionThatIsNotKnown) {
  FleetNode node = a_fleet_node("worker", "legacy", 'a');
  node.components = {{"host", "unknown", ""}};
  const auto json = nlohmann::ordered_json::parse(render_fleet_json(compare_nodes({node}, {})));
  EXPECT_TRUE(json["nodes"][0]["components"][0]["version"].is_null());
}

}  // namespace
}  // namespace iptmode
