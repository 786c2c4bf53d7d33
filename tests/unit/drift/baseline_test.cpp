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
      replaced(baseline_to_json(a_baseline()), "iptmode.baseline/1", "iptmode.baseline/1.4");
  EXPECT_TRUE(baseline_from_json(text).has_value());
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
      {replaced(good, "iptmode.baseline/1", "iptmode.baseline/2"), "iptmode.baseline/2"},
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
