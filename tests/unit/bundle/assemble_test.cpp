// SPDX-License-Identifier: GPL-2.0-or-later
#include "bundle/assemble.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "snapshot_builder.h"

namespace iptmode::bundle {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Not;

Report a_report() {
  Snapshot snapshot = iptmode::testing::a_node();
  snapshot.node.hostname = "worker-3";
  snapshot.taken_at = 1769854830;
  return judge(std::move(snapshot));
}

const Item* file_named(const Bundle& bundle, std::string_view path) {
  for (const Item& item : bundle.files)
    if (item.path == path) return &item;
  return nullptr;
}

nlohmann::json manifest_of(const Bundle& bundle) {
  return nlohmann::json::parse(file_named(bundle, "manifest.json")->content);
}

TEST(Assemble, NamesItAfterNodeAndTimeAndSortsItsFiles) {
  const Bundle bundle =
      assemble(a_report(), {.items = {{.path = "rules/x", .content = "x"}}}, {}, {});
  EXPECT_EQ(bundle.name, "iptmode-worker-3-20260131T102030Z");
  std::vector<std::string> paths;
  for (const Item& item : bundle.files) paths.push_back(item.path);
  EXPECT_THAT(paths, ElementsAre("manifest.json", "report.html", "report.json", "report.txt",
                                 "rules/x", "snapshot.json"));
}

TEST(Assemble, TheManifestHasSizeAndHashOfEachAndReasonsForTheRest) {
  const Bundle bundle =
      assemble(a_report(),
               {.items = {{.path = "a", .about = "an a", .content = "abc", .cut = "signal 11"}},
                .missing = {{.path = "b", .reason = "not \x1b here"}}},
               {.addresses = true}, {});
  const auto manifest = manifest_of(bundle);
  EXPECT_EQ(manifest["schema"], "iptmode.bundle/1");
  EXPECT_EQ(manifest["redacted"], nlohmann::json::array({"ip"}));
  const auto& item = manifest["items"][0];
  EXPECT_EQ(item["path"], "a");
  EXPECT_EQ(item["bytes"], 3);
  EXPECT_EQ(item["sha256"], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(item["cut"], "signal 11");
  EXPECT_EQ(manifest["missing"][0]["reason"], "not \\x1b here");
  EXPECT_EQ(manifest["items"].size() + 1, bundle.files.size());
}

TEST(Assemble, EscapesWhatWouldWorkOnATerminal) {
  const Bundle bundle =
      assemble(a_report(),
               {.items = {{.path = "rules/nft.txt",
                           .about = "nft",
                           .content = "chain \x1b[31mK {\n\t\\\n}\n"},
                          {.path = "rules/x", .about = "x", .content = "\tplain \\ text\n"}}},
               {}, {});
  EXPECT_EQ(file_named(bundle, "rules/nft.txt")->content, "chain \\x1b[31mK {\n\t\\\n}\n");
  EXPECT_EQ(file_named(bundle, "rules/x")->content, "\tplain \\ text\n");
  const auto manifest = manifest_of(bundle);
  for (const auto& item : manifest["items"]) {
    if (item["path"] == "rules/nft.txt")
      EXPECT_EQ(item["about"], "nft; control bytes in it are written as \\xNN");
    if (item["path"] == "rules/x") EXPECT_EQ(item["about"], "x");
  }
}

TEST(Assemble, CutsAnItemThatIsTooLongAtTheEndOfALine) {
  const Bundle bundle = assemble(a_report(), {.items = {{.path = "x", .content = "1234\n5678\n9"}}},
                                 {}, {.item_bytes = 8, .total_bytes = 1000000});
  EXPECT_EQ(file_named(bundle, "x")->content, "1234\n");
  EXPECT_THAT(file_named(bundle, "x")->cut, HasSubstr("11 bytes"));
}

TEST(Assemble, NeverCutsWhatIsOnlyOfUseWhole) {
  const Bundle bundle = assemble(a_report(), {}, {}, {.item_bytes = 100, .total_bytes = 1000000});
  EXPECT_EQ(file_named(bundle, "snapshot.json"), nullptr);
  EXPECT_THAT(manifest_of(bundle)["missing"].dump(), HasSubstr("snapshot.json"));
}

TEST(Assemble, LeavesOutWhatHasNoRoomAndSaysSo) {
  const Report report = a_report();
  const std::size_t room = assemble(report, {}, {}, {}).files.size() + 200000;
  const Bundle bundle = assemble(report,
                                 {.items = {{.path = "big", .content = std::string(300000, 'x')},
                                            {.path = "small", .content = "y"}}},
                                 {}, {.item_bytes = 1000000, .total_bytes = room});
  EXPECT_EQ(file_named(bundle, "big"), nullptr);
  EXPECT_NE(file_named(bundle, "small"), nullptr);
  EXPECT_THAT(manifest_of(bundle)["missing"][0]["path"], "big");
}

TEST(Redact, ReplacesInContentsInPathsAndInReasons) {
  Evidence evidence{
      .items = {{.path = "rules/legacy-ipv4.save",
                 .content =
                     "-A X -d 10.1.2.3/32 -m comment --comment \"shop/cart-api cluster IP\""},
                {.path = "places/worker-3.txt", .content = "shop/cart-api on worker-3"}},
      .missing = {{.path = "x", .reason = "connect 10.1.2.3"}}};
  Redactor redactor{{.addresses = true, .names = true}, "key"};
  redact(evidence, a_report().snapshot, redactor);
  for (const Item& item : evidence.items)
    for (const char* original : {"10.1.2.3", "cart-api", "worker-3"}) {
      EXPECT_THAT(item.content, Not(HasSubstr(original)));
      EXPECT_THAT(item.path, Not(HasSubstr(original)));
    }
  EXPECT_THAT(evidence.missing.front().reason, Not(HasSubstr("10.1.2.3")));
  EXPECT_EQ(evidence.items.front().path, "rules/legacy-ipv4.save");
}

TEST(Redact, WhatTheJournalCallsANameIsNoneInAnyFile) {
  Evidence evidence{
      .items = {{.path = "k0s/journal.txt",
                 .content = "2026-01-31T10:20:30+0000 web9-a k0s[1]: iptables pod=\"shop/blue\"\n"},
                {.path = "places/host.txt", .content = "shop/blue on WEB9-A"}}};
  Redactor redactor{{.names = true}, "key"};
  redact(evidence, Snapshot{}, redactor);
  EXPECT_EQ(evidence.items.front().path, "k0s/journal.txt");
  for (const Item& item : evidence.items)
    for (const char* original : {"web9", "WEB9", "shop", "blue"})
      EXPECT_THAT(item.content, Not(HasSubstr(original))) << item.path;
}

TEST(FileNamePart, IsSafeWhateverTheNameIs) {
  EXPECT_EQ(file_name_part("worker-3.example"), "worker-3.example");
  EXPECT_EQ(file_name_part("../../etc"), "node..-..-etc");
  EXPECT_EQ(file_name_part(""), "node");
  EXPECT_EQ(file_name_part("a b/\n"), "a-b--");
  EXPECT_EQ(file_name_part(std::string(300, 'x')).size(), 64U);
}

}  // namespace
}  // namespace iptmode::bundle
