// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/display.h"

#include <gtest/gtest.h>

namespace iptmode::report {
namespace {

TEST(DisplayWidth, CountsColumnsNotBytes) {
  struct Case {
    std::string_view text;
    std::size_t width;
  };
  constexpr Case kCases[] = {
      {"", 0},
      {"kube-proxy", 10},
      {"na\xc3\xafve", 5},              // one column for two bytes
      {"e\xcc\x81", 1},                 // a combining accent takes none
      {"\xe6\x9d\xb1\xe4\xba\xac", 4},  // two for a wide character
      {"\xf0\x9f\x94\xa5", 2},          // an emoji
      {"\xff\xfe", 2},                  // not UTF-8
      {"\xe6\x9d", 2},                  // a sequence that ends too early
  };
  for (const auto& [text, width] : kCases) {
    SCOPED_TRACE(text);
    EXPECT_EQ(display_width(text), width);
  }
}

TEST(KeepHeadAndTail, CutAtTheOtherEnd) {
  EXPECT_EQ(keep_head("kube-router", 8), "kube-...");
  EXPECT_EQ(keep_tail("/usr/sbin/xtables-nft-multi", 20), "...xtables-nft-multi");
  EXPECT_EQ(keep_head("short", 8), "short");
  EXPECT_EQ(keep_tail("short", 5), "short");
  EXPECT_EQ(keep_head("kube-router", 2), "..");
}

TEST(KeepHeadAndTail, NeverCutInsideACharacter) {
  EXPECT_EQ(keep_head("\xe6\x9d\xb1\xe4\xba\xac\xe6\x9d\xb1", 5), "\xe6\x9d\xb1...");
  EXPECT_EQ(keep_head("\xe6\x9d\xb1\xe4\xba\xac\xe6\x9d\xb1", 4), "...");
  EXPECT_EQ(keep_tail("\xe6\x9d\xb1\xe4\xba\xac\xe6\x9d\xb1", 5), "...\xe6\x9d\xb1");
}

TEST(Wrap, BreaksAtSpacesAndKeepsLongWordsWhole) {
  EXPECT_EQ(wrap("one two three", 7), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(wrap("a /very/long/path b", 6),
            (std::vector<std::string>{"a", "/very/long/path", "b"}));
  EXPECT_EQ(wrap("", 10), (std::vector<std::string>{""}));
}

TEST(WrapAfter, IndentsWhatFollowsTheFirstLine) {
  EXPECT_EQ(wrap_after("seen  ", "one two three", 13),
            (std::vector<std::string>{"seen  one two", "      three"}));
}

}  // namespace
}  // namespace iptmode::report
