// SPDX-License-Identifier: GPL-2.0-or-later
#include "rule_text/canonical.h"

#include <gtest/gtest.h>

#include "rule_text/values.h"

// Conditions as a decoder of expressions may say them; the texts are in rule_text_test.cpp.
namespace iptmode::rule_text {
namespace {

Interval one(std::uint32_t value, std::size_t size = 4) {
  return {bytes_of(value, size), bytes_of(value, size)};
}

TEST(Canonical, TakesAPrefixAsMaskOrAsInterval) {
  const Condition masked{
      .field = Field::source, .mask = bytes_of(0xff000000, 4), .any_of = {one(0x0a000000)}};
  const Condition interval{.field = Field::source,
                           .any_of = {{bytes_of(0x0a000000, 4), bytes_of(0x0affffff, 4)}}};
  EXPECT_EQ(canonical(masked), canonical(interval));
}

TEST(Canonical, TakesStatesAsListOrAsBits) {
  const Condition listed{.field = Field::conntrack_state, .any_of = {one(2), one(4)}};
  const Condition bits{
      .field = Field::conntrack_state, .negated = true, .mask = bytes_of(6, 4), .any_of = {one(0)}};
  EXPECT_EQ(canonical(listed), canonical(bits));
  Condition negated = listed;
  negated.negated = true;
  EXPECT_NE(canonical(negated), canonical(bits));
}

TEST(Canonical, MergesPortsThatTouch) {
  const Condition apart{.field = Field::source_port,
                        .any_of = {one(81, 2), one(80, 2), one(90, 2)}};
  const auto merged = canonical(apart);
  ASSERT_TRUE(merged);
  ASSERT_EQ(merged->any_of.size(), 2U);
  EXPECT_EQ(merged->any_of[0], (Interval{bytes_of(80, 2), bytes_of(81, 2)}));
}

TEST(Canonical, LeavesOutWhatEveryPacketMeets) {
  EXPECT_FALSE(
      canonical({.field = Field::source_port, .any_of = {{bytes_of(0, 2), bytes_of(65535, 2)}}}));
  EXPECT_FALSE(canonical({.field = Field::in_interface, .prefix = true, .any_of = {{"", ""}}}));
  EXPECT_TRUE(canonical(
      {.field = Field::in_interface, .negated = true, .prefix = true, .any_of = {{"", ""}}}));
}

TEST(Canonical, LeavesValuesOfUnequalLengthAlone) {
  const Condition odd{.field = Field::mark, .mask = "x", .any_of = {one(1)}};
  EXPECT_EQ(canonical(odd), odd);
  const Condition none{.field = Field::mark};
  EXPECT_EQ(canonical(none), none);
}

}  // namespace
}  // namespace iptmode::rule_text
