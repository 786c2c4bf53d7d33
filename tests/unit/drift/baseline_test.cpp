// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "facts_of.h"

namespace iptmode {
namespace {

using ::testing::HasSubstr;

Baseline a_baseline() {
  return {.tool_version = "0.1.0",
          .hostname = "worker-1",
          .accepted_at = "2026-01-31T10:20:30Z",
          .facts = testing::facts_of(testing::a_node())};
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  text.replace(text.find(from), from.size(), to);
  return text;
}

TEST(Baseline, ComesBackAsItWasWritten) {
  const auto read = baseline_from_json(baseline_to_json(a_baseline()));
  ASSERT_TRUE(read.has_value()) << to_string(read.error());
  EXPECT_EQ(*read, a_baseline());
}

TEST(Baseline, OfANewerMinorSchemaIsRead) {
  const std::string text =
      replaced(baseline_to_json(a_baseline()), "iptmode.baseline/1.1", "iptmode.baseline/1.4");
  EXPECT_TRUE(baseline_from_json(text).has_value());
}

std::vector<StableFact> with_subject(const std::string& subject, const std::string& value) {
  return {{"finding", "nat_order_4 " + subject, value}, {"k0s", "mode", "auto"}};
}

// As the schema without a minor number kept findings: an upgrade of the program is no drift.
TEST(Baseline, OfTheFirstSchemaIsComparedAsItWasKept) {
  Baseline old = a_baseline();
  old.masks_numbers = true;
  old.facts = with_subject("k#s (/var/lib/k#s/bin)", "error");
  old.facts.insert(old.facts.begin(), {"finding", "legacy_empty legacy tables", "info"});
  const auto read = baseline_from_json(baseline_to_json(old));
  ASSERT_TRUE(read.has_value()) << to_string(read.error());
  EXPECT_EQ(*read, old);
  const auto against = [&](const std::vector<StableFact>& now) {
    return compare(read->facts, in_form_of(*read, now));
  };
  EXPECT_TRUE(against(with_subject("k0s (/var/lib/k0s/bin)", "error")).unchanged());
  EXPECT_FALSE(against(with_subject("k0s (/var/lib/k0s/bin)", "warning")).unchanged());
  EXPECT_FALSE(against(with_subject("host", "error")).unchanged());
}

TEST(Baseline, OfThisSchemaIsComparedNumberByNumber) {
  Baseline current = a_baseline();
  current.facts = with_subject("pod web-0", "error");
  const auto now = with_subject("pod web-1", "error");
  EXPECT_EQ(in_form_of(current, now), now);
  EXPECT_FALSE(compare(current.facts, in_form_of(current, now)).unchanged());
}

TEST(Baseline, ThatIsNoneIsRefusedInOneLine) {
  const std::string good = baseline_to_json(a_baseline());
  struct Case {
    std::string text;
    std::string says;
  };
  const Case cases[] = {
      {"", "no JSON, or cut off"},
      {good.substr(0, good.size() / 2), "no JSON, or cut off"},
      {std::string(100000, '['), "damaged"},
      {"[]", "no baseline of iptmode"},
      {"null", "no baseline of iptmode"},
      {R"({"schema": "iptmode.report/1"})", "no baseline of iptmode"},
      {R"({"schema": "iptmode.baseline/1"})", "holds no facts"},
      {R"({"schema": "iptmode.baseline/1", "facts": [1, null, {"subject": 3}]})",
       "do not match its fingerprint"},
      {replaced(good, "iptmode.baseline/1.1", "iptmode.baseline/2"), "iptmode.baseline/2"},
      {replaced(good, "nf_tables 1.8.9", "legacy 1.8.9"), "damaged"},
      {good + std::string(kMaxBaselineBytes, ' '), "too large"},
  };
  for (const auto& [text, says] : cases) {
    SCOPED_TRACE(text.substr(0, 60));
    const auto read = baseline_from_json(text);
    ASSERT_FALSE(read.has_value());
    EXPECT_THAT(to_string(read.error()), HasSubstr(says));
    EXPECT_EQ(to_string(read.error()).find('\n'), std::string::npos);
  }
}

}  // namespace
}  // namespace iptmode
