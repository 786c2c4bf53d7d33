// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/intervals.h"

#include <gtest/gtest.h>

namespace iptmode {
namespace {

using namespace std::string_literals;

TEST(Intervals, StepOverTheEndsOfBytes) {
  EXPECT_EQ(next_value("\x0a\xff"s), "\x0b\0"s);
  EXPECT_EQ(previous_value("\x0b\0"s), "\x0a\xff"s);
  EXPECT_EQ(next_value("\xff\xff"s), std::nullopt);
  EXPECT_EQ(previous_value("\0\0"s), std::nullopt);
  EXPECT_EQ(next_value(""), std::nullopt);
}

TEST(Intervals, AreJoinedWhereTheyOverlapOrTouch) {
  const std::vector<Interval> given{{"\x09"s, "\x0f"s}, {"\x01"s, "\x02"s}, {"\x03"s, "\x04"s},
                                    {"\x0a"s, "\x0b"s}, {"\xf0"s, "\xff"s}, {"\xff"s, "\xff"s}};
  const std::vector<Interval> want{{"\x01"s, "\x04"s}, {"\x09"s, "\x0f"s}, {"\xf0"s, "\xff"s}};
  EXPECT_EQ(in_normal_form(given), want);
  EXPECT_EQ(in_normal_form(want), want);
  EXPECT_TRUE(in_normal_form({}).empty());
}

TEST(Intervals, OfDifferentLengthsStayApart) {
  const std::vector<Interval> two{{"\x0a"s, "\xff"s}, {"\x0a\0"s, "\x0b\0"s}};
  EXPECT_EQ(in_normal_form(two), two);
}

}  // namespace
}  // namespace iptmode
