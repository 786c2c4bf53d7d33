// SPDX-License-Identifier: GPL-2.0-or-later
#include "exceptions/exceptions_file.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iptmode::exceptions {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(ExceptionsFile, ReadsAList) {
  const auto list = parse_exceptions(R"(# what we know of
- check: mode_split
  subject: "libvirt*"
  reason: the build machines have a network of their own
  expires: 2026-12-31
- {check: version_known_bad, reason: "patched, see the ticket", expires: never}
)");
  ASSERT_TRUE(list.has_value()) << list.error().context;
  ASSERT_EQ(list->size(), 2U);
  const Exception first{.check = "mode_split",
                        .subject = "libvirt*",
                        .reason = "the build machines have a network of their own",
                        .expires = day_from_string("2026-12-31"),
                        .line = 2};
  EXPECT_EQ((*list)[0], first);
  EXPECT_EQ((*list)[1].subject, "*");
  EXPECT_EQ((*list)[1].line, 6U);
  EXPECT_FALSE((*list)[1].expires.has_value());
}

TEST(ExceptionsFile, TakesNothingForAnEmptyList) {
  for (const std::string_view text : {"", "# only a comment\n", "---\n", "[]", "null\n"}) {
    const auto list = parse_exceptions(text);
    ASSERT_TRUE(list.has_value()) << text << list.error().context;
    EXPECT_TRUE(list->empty());
  }
}

TEST(ExceptionsFile, SaysInOneLineWhereItIsWrong) {
  struct Case {
    std::string_view text;
    std::string_view where;
    std::string_view what;
  };
  constexpr Case kCases[] = {
      {"check: mode_split\n", "line 1: ", "must be a list"},
      {"- mode_split\n", "line 1: ", "is a mapping"},
      {"\n- check: mode_split\n  reason: x\n", "line 2: ", "expires is missing"},
      {"- check: mode_split\n  expires: never\n", "line 1: ", "reason is missing"},
      {"- reason: x\n  expires: never\n", "line 1: ", "check is missing"},
      {"- check: mode_splat\n", "line 1: ", "there is no check 'mode_splat'"},
      {"- check: incomplete\n", "line 1: ", "what was not seen stays undecided"},
      {"- check: mode_split\n  expires: 2026-02-30\n", "line 2: ", "'2026-02-30' is no day"},
      {"- check: mode_split\n\n  expires:\n", "line 3: ", "expires must be one text"},
      {"- check: mode_split\n  reason: ''\n", "line 2: ", "reason is empty"},
      {"- check: mode_split\n  until: 2026-12-31\n", "line 2: ", "'until' is none of"},
      {"- check: mode_split\n  check: mode_split\n", "line 2: ", "check is there twice"},
      {"- check: [mode_split]\n", "line 1: ", "check must be one text"},
      {"- check: mode_split\n - reason: x\n", "line 2: ", "no YAML"},
      {"- check: \"mode_split\\q\"\n", "line 1: ", "no YAML"},
      {"- check: mode_split\n  reason: &a [*a]\n", "line 2: ", "one text"},
      {"- [[[\n", "line 2: ", "no YAML"},
      {"--- []\n--- []\n", "line 2: ", "one document"},
      {"- check: \"\\e[2J\"\n", "line 1: ", "'\\x1b[2J'"},
  };
  for (const auto& [text, where, what] : kCases) {
    const auto list = parse_exceptions(text);
    ASSERT_FALSE(list.has_value()) << text;
    EXPECT_THAT(list.error().context, StartsWith(std::string{where})) << text;
    EXPECT_THAT(list.error().context, HasSubstr(std::string{what})) << text;
    EXPECT_THAT(list.error().context, Not(HasSubstr("\n"))) << text;
  }
}

TEST(ExceptionsFile, IsBoundedHoweverHostile) {
  EXPECT_FALSE(parse_exceptions(std::string(100000, '[')).has_value());
  EXPECT_FALSE(
      parse_exceptions("- check: mode_split\n  reason: " + std::string(5000, 'x')).has_value());
  std::string many;
  for (int i = 0; i < 1001; ++i) many += "- {check: mode_split, reason: x, expires: never}\n";
  EXPECT_FALSE(parse_exceptions(many).has_value());
  std::string laughs = "- &a [x, x]\n";
  for (char name = 'b'; name < 'z'; ++name)
    laughs += std::string{"- &"} + name + " [*" + char(name - 1) + ", *" + char(name - 1) + "]\n";
  EXPECT_FALSE(parse_exceptions(laughs).has_value());
}

}  // namespace
}  // namespace iptmode::exceptions
