// SPDX-License-Identifier: GPL-2.0-or-later
#include <regex>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "iptmode/snapshot_json.h"
#include "rich_snapshot.h"

namespace iptmode {
namespace {

using nlohmann::json;

/// Calls `visit` for every object in the document.
template <class Visit>
void for_each_object(const json& value, const Visit& visit) {
  if (value.is_object()) visit(value);
  if (value.is_structured())
    for (const json& child : value) for_each_object(child, visit);
}

void expect_round_trip(const Snapshot& snapshot) {
  const std::string text = snapshot_to_json(snapshot);
  const Result<Snapshot> back = snapshot_from_json(text);
  ASSERT_TRUE(back.has_value()) << to_string(back.error());
  EXPECT_EQ(*back, snapshot);
  EXPECT_EQ(snapshot_to_json(*back), text);
}

TEST(SnapshotJson, ReadsBackEveryMember) {
  expect_round_trip(a_rich_snapshot());
}

TEST(SnapshotJson, ReadsBackASnapshotThatSawNothing) {
  expect_round_trip(Snapshot{});
}

TEST(SnapshotJson, ReadsBackEveryWord) {
  Snapshot snapshot;
  for (const ComponentTraits& row : all_component_traits())
    snapshot.components.push_back({.kind = row.kind});
  for (int i = 0; i <= static_cast<int>(ProgramForm::not_a_file); ++i)
    snapshot.components.at(0).installation.emplace().programs.push_back(
        {.form = static_cast<ProgramForm>(i)});
  for (int i = 0; i <= static_cast<int>(Fact::packet_path); ++i)
    snapshot.gaps.push_back({.hides = static_cast<Fact>(i)});
  for (int i = 0; i <= static_cast<int>(Libnftables::Outcome::not_asked); ++i)
    snapshot.networks.push_back({.libnftables = {.outcome = static_cast<Libnftables::Outcome>(i)}});
  auto& readings = snapshot.cross_reading.emplace().readers.emplace_back();
  for (int i = 0; i <= static_cast<int>(SaveRun::Outcome::not_run); ++i)
    readings.families.push_back({.whole = {.outcome = static_cast<SaveRun::Outcome>(i)}});
  for (int i = 0; i <= static_cast<int>(BugProbe::Outcome::undecided); ++i)
    readings.bugs.push_back({.outcome = static_cast<BugProbe::Outcome>(i)});
  Rule rule;
  for (int i = 0; i <= static_cast<int>(Field::extension); ++i)
    rule.conditions.push_back({.field = static_cast<Field>(i)});
  auto& shapes = snapshot.networks.at(0).nft.emplace().emplace_back().shapes;
  for (int i = 0; i <= static_cast<int>(Action::Kind::target); ++i) {
    rule.action.kind = static_cast<Action::Kind>(i);
    shapes.push_back({.rule = rule});
  }
  for (int i = 0; i <= static_cast<int>(HostWriterKind::rules_file); ++i)
    snapshot.host_writers.push_back({.kind = static_cast<HostWriterKind>(i)});
  snapshot.firewalld.emplace().source = FirewalldSource::files;
  snapshot.networks.at(0).legacy.emplace().emplace_back();
  for (const Owner owner : all_owners())
    snapshot.networks.at(0).legacy->at(0).owners.push_back({.owners = owner});
  PathChain& chain =
      snapshot.networks.at(0).packet_path.emplace().tables.emplace_back().chains.emplace_back();
  for (int i = 0; i <= static_cast<int>(Action::Kind::target); ++i)
    chain.rules.emplace_back().rule.action.kind = static_cast<Action::Kind>(i);
  for (int i = 0; i <= static_cast<int>(Field::extension); ++i)
    chain.rules.at(0).rule.conditions.emplace_back().field = static_cast<Field>(i);
  for (int i = 0; i <= static_cast<int>(Packet::Way::forward); ++i)
    snapshot.networks.at(0).packet_path->questions.emplace_back().packet.way =
        static_cast<Packet::Way>(i);
  expect_round_trip(snapshot);
}

TEST(SnapshotJson, ReadsBackEveryByte) {
  Snapshot snapshot;
  for (int byte = 0; byte < 256; ++byte) snapshot.node.hostname += static_cast<char>(byte);
  snapshot.node.kernel = "\\x41 \\ \\\\ \u00e9 \xe2\x82";
  expect_round_trip(snapshot);
}

TEST(SnapshotJson, ReadsWhatWasStoredBeforeAMemberCame) {
  json stored = json::parse(snapshot_to_json(a_rich_snapshot()));
  for (const char* const key : {"translated", "addressSets"})
    ASSERT_EQ(stored["networks"][0]["packetPath"].erase(key), 1U) << key;
  ASSERT_EQ(stored["networks"][0]["links"][0].erase("peers"), 1U);
  const Result<Snapshot> back = snapshot_from_json(stored.dump());
  ASSERT_TRUE(back.has_value()) << to_string(back.error());
  EXPECT_TRUE(back->networks.at(0).packet_path->translated.empty());
  EXPECT_TRUE(back->networks.at(0).packet_path->address_sets.empty());
  EXPECT_FALSE(back->networks.at(0).packet_path->questions.empty());
  EXPECT_FALSE(back->networks.at(0).links->at(0).peers.has_value());
  EXPECT_EQ(back->networks.at(0).links->at(0).port, 4789);
}

TEST(SnapshotJson, KeepsAbsentApartFromEmpty) {
  Snapshot snapshot;
  snapshot.networks = {NetworkState{.network_namespace = 1}, NetworkState{.network_namespace = 2}};
  snapshot.networks.at(1).legacy.emplace();
  snapshot.networks.at(1).nft.emplace();
  const Result<Snapshot> back = snapshot_from_json(snapshot_to_json(snapshot));
  ASSERT_TRUE(back.has_value());
  EXPECT_FALSE(back->networks.at(0).legacy.has_value());
  EXPECT_TRUE(back->networks.at(1).legacy.has_value());
}

TEST(SnapshotJson, IsUtf8WithTheSchemaFirstAndNothingForATerminalToObey) {
  const std::string text = snapshot_to_json(a_rich_snapshot());
  EXPECT_TRUE(text.starts_with("{\n \"schema\": \"iptmode.snapshot/1\",\n"));
  EXPECT_TRUE(text.ends_with("}\n"));
  EXPECT_TRUE(json::accept(text));  // which refuses what is not UTF-8
  for (const char c : text) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
  EXPECT_EQ(text.find("\u202e"), std::string::npos);
}

TEST(SnapshotJson, NamesItsKeysForCollectorsToo) {
  const std::regex lower_camel_case{"[a-z][a-zA-Z0-9]*"};
  for_each_object(json::parse(snapshot_to_json(a_rich_snapshot())), [&](const json& object) {
    for (const auto& [key, value] : object.items())
      EXPECT_TRUE(std::regex_match(key, lower_camel_case)) << key;
    // Troubleshoot takes this pair for a secret and blacks it out.
    EXPECT_FALSE(object.contains("name") && object.contains("value"));
  });
}

TEST(SnapshotJson, HasAllKeysInASnapshotThatSawNothing) {
  const json nothing = json::parse(snapshot_to_json(Snapshot{}));
  const json rich = json::parse(snapshot_to_json(a_rich_snapshot()));
  for (const auto& [key, value] : rich.items()) EXPECT_TRUE(nothing.contains(key)) << key;
  EXPECT_TRUE(nothing.at("k0s").is_null());
  EXPECT_TRUE(nothing.at("components").is_array());
  const json& unread = rich.at("networks").at(1);
  for (const auto& [key, value] : rich.at("networks").at(0).items())
    EXPECT_TRUE(unread.contains(key)) << key;
  EXPECT_TRUE(unread.at("legacy").is_null());
  EXPECT_TRUE(unread.at("hints").at("nfTables").is_null());
}

}  // namespace
}  // namespace iptmode
