// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/suggestion.h"

#include <array>
#include <string>

#include <gtest/gtest.h>

namespace iptmode::cli {
namespace {

TEST(EditDistance, CountsInsertionsDeletionsReplacementsAndSwaps) {
  struct Case {
    std::string_view from, to;
    std::size_t distance;
  };
  constexpr Case kCases[] = {{"", "", 0},         {"", "abc", 3},        {"skip", "skip", 0},
                             {"skp", "skip", 1},  {"skiip", "skip", 1},  {"skop", "skip", 1},
                             {"sikp", "skip", 1}, {"audti", "audit", 1}, {"exit", "skip", 3}};
  for (const auto& [from, to, distance] : kCases) {
    SCOPED_TRACE(std::string{from}.append(" -> ").append(to));
    EXPECT_EQ(edit_distance(from, to), distance);
    EXPECT_EQ(edit_distance(to, from), distance);
  }
}

TEST(Nearest, FindsWhatWasMeantAndNothingElse) {
  constexpr std::array<std::string_view, 4> kWords{"audit", "explain", "completion", "help"};
  EXPECT_EQ(nearest("audti", kWords), "audit");
  EXPECT_EQ(nearest("expalin", kWords), "explain");
  EXPECT_EQ(nearest("compl", kWords), "completion");
  EXPECT_EQ(nearest("bundle", kWords), "");
  EXPECT_EQ(nearest("x", kWords), "");
  EXPECT_EQ(nearest("", kWords), "");
  EXPECT_EQ(nearest(std::string(100000, 'a'), kWords), "");
}

}  // namespace
}  // namespace iptmode::cli
