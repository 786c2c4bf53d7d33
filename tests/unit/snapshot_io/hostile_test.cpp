// SPDX-License-Identifier: GPL-2.0-or-later
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "iptmode/snapshot_json.h"
#include "rich_snapshot.h"

namespace iptmode {
namespace {

using nlohmann::json;
using testing::HasSubstr;

/// Why `text` was refused, after a look that the reason is one short line.
std::string refusal(std::string_view text) {
  const Result<Snapshot> result = snapshot_from_json(text);
  if (result) return "it was read";
  const std::string reason = to_string(result.error());
  EXPECT_TRUE(reason.starts_with("snapshot: ")) << reason;
  EXPECT_EQ(reason.find_first_of("\n\x1b"), std::string::npos) << reason;
  EXPECT_LT(reason.size(), 400U) << reason;
  return reason;
}

json empty_document() {
  return json::parse(snapshot_to_json(Snapshot{}));
}

/// The document with the value at `pointer` replaced.
std::string with(json document, const std::string& pointer, const json& value) {
  document[json::json_pointer{pointer}] = value;
  return document.dump();
}

TEST(SnapshotFromJson, RefusesWhatIsNoJson) {
  EXPECT_THAT(refusal(""), HasSubstr("cut off"));
  EXPECT_THAT(refusal("{"), HasSubstr("cut off"));
  EXPECT_THAT(refusal("}"), HasSubstr("no JSON at byte 1"));
  EXPECT_THAT(refusal("{} {}"), HasSubstr("no JSON at byte 4"));
  EXPECT_THAT(refusal("\x1f\x8b\x08 gzip"), HasSubstr("no JSON at byte 1"));
  EXPECT_THAT(refusal(std::string_view{"\0\0\0\0", 4}), HasSubstr("no JSON at byte 1"));
  EXPECT_THAT(refusal("{\"schema\": \"\xff\"}"), HasSubstr("no JSON at byte"));
  EXPECT_THAT(refusal("{\"a\": 1e99999}"), HasSubstr("out of range"));
}

TEST(SnapshotFromJson, RefusesEveryCut) {
  const std::string text = snapshot_to_json(Snapshot{});
  for (std::size_t length = 0; length + 1 < text.size(); ++length)  // the last byte is a newline
    EXPECT_THAT(refusal(std::string_view{text}.substr(0, length)), HasSubstr("cut off")) << length;
}

TEST(SnapshotFromJson, RefusesACutInsideAnEscapeOrACharacter) {
  for (const auto* text : {R"({"a": "\")", R"({"a": "\u00)", R"({"a": "\ud83d\u)", "{\"a\": \"\xc3",
                           "{\"a\": \"\xf0\x9f\x98"})
    EXPECT_THAT(refusal(text), HasSubstr("cut off")) << text;
  for (const auto* text :
       {R"({"a": "\x"})", R"({"a": "\u00g0"})", R"({"a": "\ud83d"})", "{\"a\": \"\xc3\"}",
        "{\"\xed\xa0\x80\": 0}", "{\"a\": \"\n\"}", "{\"a\": \"\xc0\x80\"}"})
    EXPECT_THAT(refusal(text), HasSubstr("no JSON at byte")) << text;
}

TEST(SnapshotFromJson, RefusesWhatFollowsAZeroByte) {
  const std::string text = snapshot_to_json(Snapshot{});
  EXPECT_THAT(refusal(text + '\0' + "{"), HasSubstr("no JSON at byte"));
  EXPECT_THAT(refusal("{\"schema\": \"iptmode" + std::string(1, '\0') + "\"}"),
              HasSubstr("no JSON at byte"));
}

TEST(SnapshotFromJson, RefusesAKeyThatIsGivenTwice) {
  const std::string text = snapshot_to_json(a_rich_snapshot());
  const auto before = [&](const std::string& key, const std::string& member) {
    std::string changed = text;
    return changed.insert(changed.find('"' + key + '"'), member + ", ");
  };
  EXPECT_THAT(refusal(before("takenAt", R"("toolVersion": "0")")),
              HasSubstr("toolVersion is given twice"));
  EXPECT_THAT(refusal(before("toolVersion", R"("gaps": [])")), HasSubstr("gaps is given twice"));
  EXPECT_THAT(refusal(before("toolVersion", R"("schema": "iptmode.snapshot/1")")),
              HasSubstr("schema: given twice"));
  EXPECT_THAT(refusal(before("kernel", R"("hostname": "other")")),
              HasSubstr("node.hostname is given twice"));
  EXPECT_TRUE(snapshot_from_json(before("kernel", R"("moon": 1, "moon": 2)")).has_value());
}

TEST(SnapshotFromJson, ReadsKeysInAnyOrder) {
  // nlohmann's plain json sorts them.
  const Result<Snapshot> result =
      snapshot_from_json(json::parse(snapshot_to_json(a_rich_snapshot())).dump());
  ASSERT_TRUE(result.has_value()) << to_string(result.error());
  EXPECT_EQ(*result, a_rich_snapshot());
}

TEST(SnapshotFromJson, ReadsTextThatIsNotAscii) {
  Snapshot snapshot = a_rich_snapshot();
  snapshot.node.hostname = "kn\u00f6t\u00e9 \U0001f600";
  const std::string text = snapshot_to_json(snapshot);
  for (const std::string& form :
       {text, json::parse(text).dump(-1, ' ', true)}) {  // as UTF-8, as \uNNNN
    const Result<Snapshot> result = snapshot_from_json(form);
    ASSERT_TRUE(result.has_value()) << to_string(result.error());
    EXPECT_EQ(*result, snapshot);
  }
}

TEST(SnapshotFromJson, RefusesWhatIsNoSnapshot) {
  EXPECT_THAT(refusal("{}"), HasSubstr("no snapshot of iptmode"));
  EXPECT_THAT(refusal("[]"), HasSubstr("no snapshot of iptmode"));
  EXPECT_THAT(refusal("null"), HasSubstr("no snapshot of iptmode"));
  EXPECT_THAT(refusal(R"({"schema": 1})"), HasSubstr("no snapshot of iptmode"));
  EXPECT_THAT(refusal(R"({"schema": "iptmode.report/1"})"),
              HasSubstr("the schema is iptmode.report/1, not iptmode.snapshot/1"));
  for (const auto* schema : {"iptmode.snapshot/", "iptmode.snapshot/x", "iptmode.snapshot/1.",
                             "iptmode.snapshot/1.x", "iptmode.snapshot/1-2", "iptmode.snapshot/-1",
                             "iptmode.snapshot/99999999999", " iptmode.snapshot/1"})
    EXPECT_THAT(refusal(json{{"schema", schema}}.dump()), HasSubstr("the schema is")) << schema;
  EXPECT_THAT(refusal(R"({"schema": "\u001b[2J\n"})"), HasSubstr("the schema is \\x1b[2J\\x0a"));
}

TEST(SnapshotFromJson, RefusesANewerMajorVersion) {
  const std::string text = with(empty_document(), "/schema", "iptmode.snapshot/2");
  const Result<Snapshot> result = snapshot_from_json(text);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, std::errc::not_supported);
  EXPECT_THAT(to_string(result.error()), HasSubstr("this program reads iptmode.snapshot/1"));
}

TEST(SnapshotFromJson, ReadsANewerMinorVersionAndLeavesOutWhatItDoesNotKnow) {
  json document = json::parse(snapshot_to_json(a_rich_snapshot()));
  document["schema"] = "iptmode.snapshot/1.7";
  document["moon"] = {{"phase", 0.5}};
  document["node"]["colour"] = nullptr;
  const Result<Snapshot> result = snapshot_from_json(document.dump());
  ASSERT_TRUE(result.has_value()) << to_string(result.error());
  EXPECT_EQ(*result, a_rich_snapshot());
}

/// Visits the pointer of every key below `value`: in lists those of the first element, and not the
/// insides of an `installation`, which `host` has too.
template <class Visit>
void for_each_pointer(const json& value, const json::json_pointer& at, const Visit& visit) {
  if (value.is_object())
    for (const auto& [key, child] : value.items()) {
      visit(at / key, key);
      if (key != "installation") for_each_pointer(child, at / key, visit);
    }
  if (value.is_array() && !value.empty()) for_each_pointer(value[0], at / 0, visit);
}

TEST(SnapshotFromJson, RefusesASnapshotWithoutOneOfItsKeys) {
  const json whole = json::parse(snapshot_to_json(a_rich_snapshot()));
  // Old ones lack these.
  const std::set<std::string> later{"libraries", "translated",  "legacyTrials",
                                    "peers",     "addressSets", "devices"};
  int removed = 0;
  for_each_pointer(
      whole, json::json_pointer{}, [&](const json::json_pointer& at, const std::string& key) {
        if (key == "schema" || later.contains(key)) return;
        json document = whole;
        document.at(at.parent_pointer()).erase(key);
        EXPECT_THAT(refusal(document.dump()), HasSubstr(key + " is missing")) << at.to_string();
        ++removed;
      });
  EXPECT_GT(removed, 160);
}

TEST(SnapshotFromJson, RefusesAnotherTypeInEveryPlace) {
  const json whole = json::parse(snapshot_to_json(a_rich_snapshot()));
  for_each_pointer(
      whole, json::json_pointer{}, [&](const json::json_pointer& at, const std::string& key) {
        if (key == "schema") return;
        json document = whole;
        document.at(at) = 0.5;  // nothing in a snapshot is a fraction
        EXPECT_THAT(refusal(document.dump()), HasSubstr(key + ": expected")) << at.to_string();
      });
}

TEST(SnapshotFromJson, NamesThePathOfWhatDoesNotFit) {
  json document = json::parse(snapshot_to_json(a_rich_snapshot()));
  document["components"][1]["installation"]["programs"][0]["form"] = "multy";
  EXPECT_EQ(refusal(document.dump()),
            "snapshot: components[1].installation.programs[0].form: expected a known word, found "
            "\"multy\": not understood");
}

TEST(SnapshotFromJson, RefusesValuesOutOfRange) {
  const json whole = json::parse(snapshot_to_json(a_rich_snapshot()));
  struct Case {
    std::string pointer;
    json value;
  };
  const Case kCases[] = {
      {"/components/0/pid", 2147483648U},
      {"/components/0/pid", -2147483649LL},
      {"/host/programs/0/mode", -1},
      {"/host/programs/0/mode", 4294967296U},
      {"/host/programs/0/inode", -1},
      {"/networks/0/generation", 4294967296U},
      {"/takenAt", 18446744073709551615U},
      {"/networks/0/legacy/0/rules", true},
      {"/k0s/running", 1},
      {"/node/role", ""},
      {"/node/role", "invalid"},
      {"/components/0/component", "invalid"},
      {"/components/0/declared/settings/0", json::array({"one"})},
      {"/components/0/declared/settings/0", json::array({"one", "two", "three"})},
      {"/networks/0/nft/0/tableOwner/0", "nobody"},
      {"/host/programs/0/byFile/version", "1.8"},
      {"/node/hostname", "\\"},
      {"/node/hostname", "\\x4"},
      {"/node/hostname", "\\xzz"},
      {"/node/hostname", "\\n"},
      {"/networks/0/nft/0/shapes/0/expressions", "0"},
      {"/networks/0/nft/0/shapes/0/expressions", "0g"},
      {"/networks/0/nft/0/shapes/0/expressions", "-1"},
      {"/networks/0/nft/0/shapes/0/sets/0", " 1"},
      {"/crossReading/readers/0/families/0/whole/outcome", "invalid"},
      {"/gaps", nullptr},  // that nothing was missed must be said
  };
  for (const auto& [pointer, value] : kCases)
    EXPECT_THAT(refusal(with(whole, pointer, value)), HasSubstr("expected")) << pointer;
}

TEST(SnapshotFromJson, IsBoundedInSizeAndDepth) {
  const std::string large(kMaxSnapshotBytes + 1, ' ');
  EXPECT_EQ(snapshot_from_json(large).error().code, std::errc::file_too_large);
  EXPECT_THAT(refusal(std::string(1U << 20U, '[')), HasSubstr("nested too deeply"));
  std::string objects;
  for (int i = 0; i < 100; ++i) objects += "{\"a\":";
  EXPECT_THAT(refusal(objects), HasSubstr("nested too deeply"));
}

TEST(SnapshotFromJson, DoesNotCountBracketsInText) {
  Snapshot snapshot;
  snapshot.node.hostname = std::string(100, '[') + "\"{{{{\\\"[[[[";
  const Result<Snapshot> result = snapshot_from_json(snapshot_to_json(snapshot));
  ASSERT_TRUE(result.has_value()) << to_string(result.error());
  EXPECT_EQ(*result, snapshot);
}

TEST(SnapshotFromJson, IsNotSlowedDownByManyKeys) {
  std::string text = "{\"schema\": \"iptmode.snapshot/1\"";
  for (int i = 0; i < 50000; ++i) text += ",\"k" + std::to_string(i) + "\":0";
  EXPECT_THAT(refusal(text + '}'), HasSubstr("toolVersion is missing"));
}

}  // namespace
}  // namespace iptmode
