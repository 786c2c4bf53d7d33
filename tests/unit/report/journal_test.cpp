// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/journal.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "snapshot_builder.h"

namespace iptmode {
namespace {

using testing::a_node;
using ::testing::HasSubstr;
using ::testing::Not;

std::string value_of(const JournalEntry& entry, std::string_view field) {
  const auto found =
      std::ranges::find(entry.fields, field, &std::pair<std::string, std::string>::first);
  return found == entry.fields.end() ? "" : found->second;
}

Snapshot with_router_on_legacy() {
  return a_node()
      .with(testing::kube_router().legacy("1.8.9"))
      .no_rules_of(Owner::kube_router)
      .legacy_rules(Owner::kube_router, 56);
}

TEST(Journal, TellsTheVerdictAndEachFinding) {
  const Report report = judge(with_router_on_legacy());
  const auto entries = journal_entries(report);
  ASSERT_GE(entries.size(), 2U);
  EXPECT_EQ(value_of(entries[0], "IPTMODE_STATUS"), "fail");
  EXPECT_EQ(value_of(entries[0], "PRIORITY"), "3");
  EXPECT_EQ(value_of(entries[1], "IPTMODE_CHECK"), "backend_mismatch");
  EXPECT_EQ(value_of(entries[1], "IPTMODE_STATUS"), "fail");
  EXPECT_EQ(value_of(entries[1], "MESSAGE_ID"), message_id("finding:backend_mismatch"));
  for (const JournalEntry& entry : entries) {
    EXPECT_EQ(value_of(entry, "IPTMODE_FINGERPRINT"), report.fingerprint);
    EXPECT_EQ(value_of(entry, "SYSLOG_IDENTIFIER"), "iptmode");
  }
}

TEST(Journal, KeepsWhatAnExceptionCoversInALowVoice) {
  const std::vector<Exception> exceptions{{.check = "backend_mismatch"}};
  const auto entries = journal_entries(judge(with_router_on_legacy(), {}, exceptions));
  const auto found = std::ranges::find_if(entries, [](const JournalEntry& entry) {
    return value_of(entry, "IPTMODE_SUPPRESSED") == "yes";
  });
  ASSERT_NE(found, entries.end());
  EXPECT_EQ(value_of(*found, "PRIORITY"), "6");
}

DriftReport a_drift(const Snapshot& now) {
  const auto facts = [](const Snapshot& node) { return stable_facts(node, diagnose(node)); };
  DriftReport report{.baseline = {.facts = facts(a_node())}, .now = {.facts = facts(now)}};
  report.comparison = compare(report.baseline.facts, report.now.facts);
  return report;
}

TEST(Journal, TellsEachChangeAndNothingOfAnUnchangedNode) {
  EXPECT_TRUE(journal_entries(a_drift(a_node())).empty());
  const DriftReport report = a_drift(with_router_on_legacy());
  const auto entries = journal_entries(report);
  ASSERT_EQ(entries.size(), report.comparison.changes.size());
  EXPECT_EQ(value_of(entries[0], "IPTMODE_GRADE"), "regression");
  EXPECT_EQ(value_of(entries[0], "PRIORITY"), "4");
  const auto finding = std::ranges::find_if(entries, [](const JournalEntry& entry) {
    return value_of(entry, "IPTMODE_CHECK") == "backend_mismatch";
  });
  ASSERT_NE(finding, entries.end());
  EXPECT_EQ(value_of(*finding, "MESSAGE_ID"), message_id("finding:backend_mismatch"));
  const auto blind = journal_entries(a_drift(a_node().unread(Backend::nf_tables)));
  ASSERT_EQ(blind.size(), 1U);
  EXPECT_EQ(value_of(blind[0], "IPTMODE_STATUS"), "undecided");
}

// An id is in catalogues and in people's filters: it must never change.
TEST(Journal, HasOneIdForEachEvent) {
  EXPECT_EQ(message_id("verdict"), "7fa7cb2c6dde9c9a833459586514971d");
  EXPECT_NE(message_id("verdict"), message_id("change"));
  EXPECT_EQ(message_id("finding:mode_split"), message_id("finding:mode_split"));
}

TEST(JournalDatagram, HasNoFieldThatAValueSmugglesIn) {
  const std::string datagram = journal_datagram(
      {.fields = {{"MESSAGE", "a\x1b[2J"}, {"IPTMODE_REMEDY", "one\nPRIORITY=0"}}});
  using namespace std::string_literals;
  EXPECT_EQ(datagram, "MESSAGE=a\\x1b[2J\nIPTMODE_REMEDY\n\x0e\0\0\0\0\0\0\0one\nPRIORITY=0\n"s);
}

TEST(JournalDatagram, IsBounded) {
  const std::string datagram =
      journal_datagram({.fields = {{"MESSAGE", std::string(1000000, 'x')}}});
  EXPECT_LT(datagram.size(), 10000U);
  EXPECT_THAT(datagram, HasSubstr("...\n"));
}

}  // namespace
}  // namespace iptmode
