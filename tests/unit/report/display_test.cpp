// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/display.h"

#include <gtest/gtest.h>

#include "report/sha256.h"

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

// FIPS 180-4 examples, as published by NIST, and both sides of a block's end.
TEST(Sha256, MatchesThePublishedVectors) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_hex(std::string(1000000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  EXPECT_EQ(sha256_hex(std::string(55, 'a')),
            "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318");
  EXPECT_EQ(sha256_hex(std::string(64, 'a')),
            "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
}

}  // namespace
}  // namespace iptmode::report
