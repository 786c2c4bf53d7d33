// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "golden.h"
#include "iptmode/render.h"
#include "sample_reports.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

using Json = nlohmann::ordered_json;
using Keys = std::vector<std::string>;

Json parsed(const Report& report) {
  return Json::parse(render_json(report));
}

Keys keys_of(const Json& object) {
  Keys keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

// New keys may come, at the end; those of the contract stay and keep their order.
void expect_begins_with(const Json& object, const Keys& want) {
  Keys keys = keys_of(object);
  ASSERT_GE(keys.size(), want.size());
  keys.resize(want.size());
  EXPECT_EQ(keys, want);
}

TEST(RenderJson, HasTheKeysOfTheContractInTheirOrder) {
  for (const Report& report :
       {testing::healthy_report(), testing::split_report(), testing::blind_report(),
        testing::idle_report(), testing::hostile_report()}) {
    const Json json = parsed(report);
    EXPECT_EQ(keys_of(json), (Keys{"verdict", "message", "schema", "generatedAt", "tool", "node",
                                   "summary", "fingerprint", "k0s", "host", "components", "kernel",
                                   "domains", "firewalld", "checks", "exceptions", "gaps"}));
    expect_begins_with(json["node"],
                       {"hostname", "kernel", "osId", "osVersion", "role", "distribution"});
    expect_begins_with(json["summary"], {"pass", "warn", "fail", "skip", "unknown", "suppressed"});
    expect_begins_with(json["kernel"], {"legacy", "nft", "hints"});
    expect_begins_with(json["kernel"]["legacy"], {"supported", "ipv4", "ipv6"});
    expect_begins_with(json["kernel"]["nft"], {"supported", "generation", "tables"});
    for (const Json& component : json["components"])
      expect_begins_with(component, {"name", "pid", "command", "networkNamespace", "mountNamespace",
                                     "inNode", "impostor", "containerId", "podUid", "declared",
                                     "effective", "installation"});
    for (const Json& check : json["checks"])
      expect_begins_with(check, {"title", "severity", "status", "message", "findings"});
  }
}

TEST(RenderJson, PutsVerdictAndMessageOnTheFirstTwoLines) {
  const std::string text = render_json(testing::split_report());
  EXPECT_EQ(text.find("{\n  \"verdict\": \"fail\",\n  \"message\": \"kube-router writes legacy"),
            0U);
  EXPECT_TRUE(text.ends_with("}\n"));
}

TEST(RenderJson, MatchesTheGoldenFile) {
  const std::string text = render_json(testing::split_report());
  EXPECT_EQ(text, testing::golden("split.json", text));
}

TEST(RenderJson, TellsWhatAPassingCheckSaw) {
  Report report = testing::healthy_report();
  EXPECT_EQ(render_json(report).find("\"seen\""), std::string::npos);
  report.checks.front().seen = {"kubelet (tcp 10250): accepted", "a \x1b[31mname"};
  const std::string json = render_json(report);
  EXPECT_NE(json.find("\"kubelet (tcp 10250): accepted\""), std::string::npos);
  EXPECT_EQ(json.find('\x1b'), std::string::npos);
}

TEST(RenderJson, TellsNotReadFromNothingThere) {
  const Json blind = parsed(testing::blind_report());
  EXPECT_TRUE(blind["kernel"]["legacy"]["ipv4"].is_null());
  EXPECT_TRUE(blind["kernel"]["nft"]["tables"].is_null());
  EXPECT_TRUE(blind["kernel"]["hints"]["legacy"].is_null());
  const Json idle = parsed(testing::idle_report());
  EXPECT_EQ(idle["kernel"]["legacy"]["ipv4"], Json::array());
  EXPECT_EQ(idle["kernel"]["hints"]["legacy"], false);
  EXPECT_TRUE(idle["k0s"].is_null());
}

TEST(RenderJson, KeepsTheFiveKindsAndAddsTheForm) {
  struct Case {
    ProgramForm form;
    std::string_view kind;
  };
  constexpr Case kCases[] = {
      {ProgramForm::multi, "multi"},           {ProgramForm::shell_wrapper_v1, "wrapper"},
      {ProgramForm::go_wrapper, "wrapper"},    {ProgramForm::standalone, "standalone"},
      {ProgramForm::script, "standalone"},     {ProgramForm::dangling, "missing"},
      {ProgramForm::unreadable, "unreadable"}, {ProgramForm::not_a_file, "unreadable"}};
  for (const auto& [form, kind] : kCases) {
    Report report = testing::healthy_report();
    Program program{.name = "iptables", .path = "/sbin/iptables", .chain = {"/sbin/iptables"}};
    program.form = form;
    report.snapshot.host = Installation{.programs = {program}};
    const Json installation = parsed(report)["host"]["installation"];
    EXPECT_EQ(installation["kind"], kind);
    EXPECT_EQ(installation["form"], to_string(form));
  }
}

bool has_name_and_value(const Json& json) {
  if (json.is_object() && json.contains("name") && json.contains("value")) return true;
  return json.is_structured() && std::any_of(json.begin(), json.end(), [](const Json& part) {
           return has_name_and_value(part);
         });
}

// Troubleshoot's redactors blank "value" beside some "name"s.
TEST(RenderJson, NeverPairsANameWithAValue) {
  for (const Report& report : {testing::split_report(), testing::hostile_report()})
    EXPECT_FALSE(has_name_and_value(parsed(report)));
}

TEST(RenderJson, IsValidForEveryByte) {
  std::string all_bytes;
  for (int byte = 0; byte < 256; ++byte) all_bytes += static_cast<char>(byte);
  Report report = testing::hostile_report();
  report.snapshot.node.hostname = all_bytes;
  report.checks.front().findings.front().subject = all_bytes;
  const std::string text = render_json(report);
  EXPECT_TRUE(Json::accept(text));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST(RenderJson, ListsOtherNetworkNamespaces) {
  Report report = testing::healthy_report();
  report.snapshot = testing::a_node()
                        .also(testing::kube_proxy().pid(88).in_network(testing::kOtherNetwork))
                        .in_network(testing::kOtherNetwork)
                        .legacy_rules(Owner::kube_proxy, 3);
  const Json domains = parsed(report)["domains"];
  ASSERT_EQ(domains.size(), 1U);
  EXPECT_EQ(domains[0]["networkNamespace"], testing::kOtherNetwork);
  EXPECT_EQ(domains[0]["legacy"]["ipv4"][0]["rules"], 3);
}

TEST(RenderJson, SortsGaps) {
  Report report = testing::healthy_report();
  report.snapshot.gaps = {{.subject = "b", .reason = "1"}, {.subject = "a", .reason = "2"}};
  const Json gaps = parsed(report)["gaps"];
  EXPECT_EQ(gaps[0]["subject"], "a");
  EXPECT_TRUE(gaps[0]["hides"].is_null());
}

TEST(RenderJson, WritesTheTimeInUtc) {
  Report report = testing::healthy_report();
  report.snapshot.taken_at = 1769854830;
  EXPECT_EQ(parsed(report)["generatedAt"], "2026-01-31T10:20:30Z");
}

}  // namespace
}  // namespace iptmode
