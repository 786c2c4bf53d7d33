// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/repeated_rules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace iptmode::kernel {
namespace {

class Chain {
 public:
  Chain& rule(std::uint64_t key, int times = 1) {
    for (int i = 0; i < times; ++i)
      rules_.add(key, [&] { return RepeatedRule{.rule = std::to_string(key)}; });
    return *this;
  }
  Chain& ends(std::string_view name) {
    rules_.end_chain(name);
    return *this;
  }
  std::string piles() {
    std::string text;
    for (const RepeatedRule& pile : rules_.take())
      text += pile.chain + ":" + pile.rule + "x" + std::to_string(pile.copies) + " ";
    return text;
  }

 private:
  RepeatedRules rules_;
};

TEST(RepeatedRules, CountsFromTheThirdCopyOn) {
  EXPECT_EQ(Chain{}.rule(1, 2).rule(2, 3).ends("a").piles(), "a:2x3 ");
}

TEST(RepeatedRules, KeepsChainsApart) {
  EXPECT_EQ(Chain{}.rule(1, 2).ends("a").rule(1, 2).ends("b").piles(), "");
}

TEST(RepeatedRules, PutsTheLargestPileFirst) {
  EXPECT_EQ(Chain{}.rule(1, 3).ends("a").rule(2, 1000).ends("b").piles(), "b:2x1000 a:1x3 ");
}

TEST(RepeatedRules, FindsAPileOfRulesThatTakeTurns) {
  Chain chain;
  for (int turn = 0; turn < 4; ++turn)
    for (std::uint64_t key = 1; key <= 40; ++key) chain.rule(key);
  const std::string piles = chain.ends("a").piles();
  EXPECT_EQ(static_cast<std::size_t>(std::count(piles.begin(), piles.end(), ' ')), kMaxRepeated);
  EXPECT_TRUE(piles.starts_with("a:1x4 a:2x4 ")) << piles;
}

TEST(RepeatedRules, GoesOnCountingAPileWhileOthersPass) {
  Chain chain;
  chain.rule(7, 3);
  for (std::uint64_t key = 100; key < 1000; ++key) chain.rule(key).rule(7);
  EXPECT_EQ(chain.ends("a").piles(), "a:7x903 ");
}

TEST(RepeatedRules, HasRoomForNoMorePilesThanItsWindow) {
  Chain chain;
  for (std::uint64_t key = 1; key <= 100; ++key) chain.rule(key, 3);
  EXPECT_TRUE(chain.ends("a").piles().starts_with("a:1x3 "));
}

}  // namespace
}  // namespace iptmode::kernel
