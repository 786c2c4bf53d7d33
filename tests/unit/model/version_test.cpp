// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/version.h"

#include <gtest/gtest.h>

namespace iptmode {
namespace {

TEST(VersionFromString, TakesThreeNumbersAndNothingElse) {
  EXPECT_EQ(version_from_string("1.8.9"), (Version{1, 8, 9}));
  EXPECT_EQ(version_from_string("1.8.13"), (Version{1, 8, 13}));
  EXPECT_EQ(version_from_string("65535.0.0"), (Version{65535, 0, 0}));
  for (const std::string_view text :
       {"", "1", "1.8", "1.8.", "1.8.9.1", "1.8.9 ", " 1.8.9", "v1.8.9", "1.8.x", "1..9", ".1.8",
        "1.8.-9", "1.8.+9", "1.8.65536", "1.8.99999999999999999999", "1,8,9", "1.8.9\n"})
    EXPECT_EQ(version_from_string(text), std::nullopt) << text;
}

TEST(VersionText, ReadsBack) {
  EXPECT_EQ(to_string(Version{1, 8, 11}), "1.8.11");
  EXPECT_EQ(version_from_string(to_string(kNewestKnown)), kNewestKnown);
}

TEST(Version, OrdersByNumberNotByText) {
  EXPECT_LT((Version{1, 8, 9}), (Version{1, 8, 11}));
  EXPECT_LT((Version{1, 6, 2}), (Version{1, 8, 0}));
}

TEST(ReadClass, FollowsTheReleasesThatChangedTheReader) {
  EXPECT_EQ(read_class({1, 6, 1}), ReadClass::up_to_1_8_6);
  EXPECT_EQ(read_class({1, 8, 6}), ReadClass::up_to_1_8_6);
  EXPECT_EQ(read_class({1, 8, 7}), ReadClass::at_1_8_7);
  EXPECT_EQ(read_class({1, 8, 8}), ReadClass::at_1_8_8);
  EXPECT_EQ(read_class({1, 8, 9}), ReadClass::from_1_8_9);
  EXPECT_EQ(read_class({1, 8, 13}), ReadClass::from_1_8_9);
  EXPECT_EQ(to_string(ReadClass::up_to_1_8_6), "1.8.6 or earlier");
  EXPECT_EQ(to_string(ReadClass::from_1_8_9), "1.8.9 or later");
}

// The measured matrix: every class of writers against every class of readers.
TEST(Legibility, IsTheMeasuredMatrix) {
  constexpr Version kOld{1, 8, 4};
  constexpr Version kSeven{1, 8, 7};
  constexpr Version kEight{1, 8, 8};
  constexpr Version kNine{1, 8, 9};
  constexpr Version kThirteen{1, 8, 13};
  struct Case {
    Version writer;
    Version reader;
    Legibility want;
  };
  constexpr Case kCases[] = {
      {kOld, kOld, Legibility::legible},
      {kOld, kSeven, Legibility::legible},
      {kOld, kNine, Legibility::legible},
      {kSeven, {1, 8, 6}, Legibility::prefix_misread},
      {kSeven, {1, 8, 2}, Legibility::prefix_misread},
      {kSeven, kSeven, Legibility::legible},
      {kSeven, kThirteen, Legibility::legible},
      {kEight, {1, 8, 6}, Legibility::condition_lost},
      {kEight, kSeven, Legibility::condition_lost},
      {kEight, kNine, Legibility::legible},
      {kNine, kSeven, Legibility::condition_lost},
      {kNine, kNine, Legibility::legible},
      {kNine, kThirteen, Legibility::legible},
      {kThirteen, kNine, Legibility::legible},
      {kThirteen, kOld, Legibility::condition_lost},
      {kOld, kEight, Legibility::self_misread},
      {kEight, kEight, Legibility::self_misread},
      {kThirteen, kEight, Legibility::self_misread},
  };
  for (const auto& [writer, reader, want] : kCases)
    EXPECT_EQ(legibility(writer, reader), want)
        << to_string(writer) << " read by " << to_string(reader);
}

}  // namespace
}  // namespace iptmode
