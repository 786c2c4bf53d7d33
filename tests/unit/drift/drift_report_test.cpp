// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/drift_report.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "facts_of.h"

namespace iptmode {
namespace {

using testing::a_node;
using testing::facts_of;
using ::testing::HasSubstr;
using ::testing::Not;

DriftReport a_report(const Snapshot& now) {
  DriftReport report{.baseline = {"0.1.0", "worker-1", "2026-01-31T10:20:30Z", facts_of(a_node())},
                     .now = {"0.1.0", "worker-1", "2026-02-01T10:20:30Z", facts_of(now)},
                     .gaps = now.gaps};
  report.comparison = compare(report.baseline.facts, report.now.facts);
  return report;
}

TEST(DriftText, SaysWhatChangedInOneLineEach) {
  const auto text = render_drift_text(a_report(a_node().with(testing::kube_proxy().nft("1.8.13"))));
  EXPECT_THAT(text, HasSubstr("DRIFTED  worker-1: "));
  EXPECT_THAT(text, HasSubstr("since 2026-01-31T10:20:30Z\n"));
  EXPECT_THAT(text, HasSubstr("  change      kube-proxy: nf_tables 1.8.11 -> nf_tables 1.8.13\n"));
}

TEST(DriftText, NeverCallsABlindRunUnchanged) {
  EXPECT_THAT(render_drift_text(a_report(a_node())), HasSubstr("UNCHANGED"));
  const auto text = render_drift_text(a_report(a_node().unread(Backend::nf_tables)));
  EXPECT_THAT(text, HasSubstr("UNDECIDED"));
  EXPECT_THAT(text, HasSubstr("  unseen      kube-proxy, in the kernel\n"));
  EXPECT_THAT(text, HasSubstr("Operation not permitted"));
}

TEST(DriftText, TellsWhenAnotherReleaseMadeTheBaseline) {
  DriftReport report = a_report(a_node().k0s_mode("legacy"));
  EXPECT_THAT(render_drift_text(report), Not(HasSubstr("note")));
  report.baseline.tool_version = "0.0.9";
  EXPECT_THAT(render_drift_text(report), HasSubstr("the baseline is by iptmode 0.0.9, this is"));
}

TEST(DriftText, TellsWhenNumbersAreMaskedInTheBaseline) {
  DriftReport report = a_report(a_node());
  EXPECT_THAT(render_drift_text(report), Not(HasSubstr("note")));
  report.baseline.masks_numbers = true;
  EXPECT_THAT(render_drift_text(report), HasSubstr("  note        the baseline was stored by an"));
}

TEST(DriftJson, IsTheSameVerdict) {
  EXPECT_THAT(render_drift_json(a_report(a_node())), HasSubstr("\"verdict\": \"unchanged\""));
  const auto json = render_drift_json(a_report(a_node().k0s_mode("legacy")));
  EXPECT_THAT(json, HasSubstr("\"verdict\": \"drifted\""));
  EXPECT_THAT(json, HasSubstr("\"message\": \"k0s, mode: auto -> legacy\""));
}

TEST(History, RecordsAChangeOnceAndTheReturnOnce) {
  const DriftReport same = a_report(a_node());
  const DriftReport other = a_report(a_node().k0s_mode("legacy"));
  EXPECT_FALSE(next_entry("", same).has_value());

  const auto drifted = next_entry("", other);
  ASSERT_TRUE(drifted.has_value());
  EXPECT_EQ(drifted->event, "drifted");
  std::string history = history_with("", *drifted);
  EXPECT_FALSE(next_entry(history, other).has_value());

  const auto returned = next_entry(history, same);
  ASSERT_TRUE(returned.has_value());
  EXPECT_EQ(returned->event, "returned");
  history = history_with(history, *returned);
  EXPECT_FALSE(next_entry(history, same).has_value());
  EXPECT_THAT(render_history_text(history), HasSubstr("2026-02-01T10:20:30Z  drifted\n"));
  EXPECT_THAT(render_history_text(history), HasSubstr("k0s, mode: auto -> legacy\n"));
}

// Accepted by another release, which put the same state in other words.
TEST(History, DoesNotTakeOtherWordsForAReturn) {
  const std::string history =
      history_with("", {.at = "a", .event = "accepted", .fingerprint = "another"});
  EXPECT_FALSE(next_entry(history, a_report(a_node())).has_value());
}

TEST(History, DoesNotRecordABlindRunAsAReturn) {
  const std::string history = history_with("", *next_entry("", a_report(a_node().k0s_mode("nft"))));
  EXPECT_FALSE(next_entry(history, a_report(a_node().unread(Backend::legacy))).has_value());
}

TEST(History, IsBoundedAndKeepsTheNewest) {
  std::string history;
  HistoryEntry entry{.event = "drifted", .changes = {std::string(40000, 'x')}};
  for (int i = 100; i < 150; ++i) {
    entry.at = std::to_string(i);
    history = history_with(history, entry);
  }
  EXPECT_LE(history.size(), kMaxHistoryBytes);
  EXPECT_EQ(history.back(), '\n');
  EXPECT_THAT(history.substr(0, 20), HasSubstr("{\"at\":\"1"));
  EXPECT_THAT(render_history_text(history), HasSubstr("149  drifted"));
  EXPECT_THAT(render_history_text(history), Not(HasSubstr("100  drifted")));
}

TEST(History, CountsWhatItCannotRead) {
  const std::string good = history_with("", {.at = "a", .event = "accepted"});
  const std::string text =
      render_history_text("{\"at\":\n" + good + "[]\n" + std::string(9999, '['));
  EXPECT_THAT(text, HasSubstr("a  accepted\n"));
  EXPECT_THAT(text, HasSubstr("3 damaged lines left out\n"));
  EXPECT_EQ(render_history_text(""), "no change has been recorded\n");
}

}  // namespace
}  // namespace iptmode
