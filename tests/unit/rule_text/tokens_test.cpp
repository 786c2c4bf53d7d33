// SPDX-License-Identifier: GPL-2.0-or-later
#include "rule_text/tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iptmode::rule_text {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> words(std::string_view line) {
  std::vector<std::string> texts;
  for (const Token& token : tokens_of(line).value_or(std::vector<Token>{{"none"}}))
    texts.push_back(token.text);
  return texts;
}

TEST(Tokens, AreSeparatedByAnyNumberOfBlanks) {
  EXPECT_THAT(words("-A X  --nflog-prefix  \"a b\"\t-j DROP "),
              ElementsAre("-A", "X", "--nflog-prefix", "a b", "-j", "DROP"));
  EXPECT_TRUE(tokens_of("")->empty());
}

TEST(Tokens, TakeBackEveryEscape) {
  EXPECT_THAT(words(R"(--comment "say \"hi\" \\ it\'s")"),
              ElementsAre("--comment", R"(say "hi" \ it's)"));
  EXPECT_THAT(words(R"(--comment "")"), ElementsAre("--comment", ""));
}

TEST(Tokens, InQuotesAreNeverSyntax) {
  const auto tokens = tokens_of(R"("-j" "!" -j !)");
  ASSERT_EQ(tokens->size(), 4U);
  EXPECT_FALSE((*tokens)[0].is_option());
  EXPECT_FALSE((*tokens)[1].is("!"));
  EXPECT_TRUE((*tokens)[2].is_option());
  EXPECT_TRUE((*tokens)[3].is("!"));
  EXPECT_EQ(joined(*tokens), R"("-j" "!" -j !)");
}

TEST(Tokens, OfNegativeNumbersAreNoOptions) {
  EXPECT_FALSE((Token{.text = "-1"}.is_option()));
  EXPECT_FALSE((Token{.text = "-"}.is_option()));
  EXPECT_FALSE((Token{.text = "--"}.is_option()));
  EXPECT_TRUE((Token{.text = "--dport"}.is_option()));
}

TEST(Tokens, RefuseAnOpenQuoteAndTooMuch) {
  EXPECT_FALSE(tokens_of("--comment \"open"));
  EXPECT_FALSE(tokens_of("--comment \"open\\\""));
  EXPECT_FALSE(tokens_of(std::string(kMaxLine + 1, 'x')));
  std::string many;
  for (std::size_t count = 0; count <= kMaxTokens; ++count) many += "a ";
  EXPECT_FALSE(tokens_of(many));
  EXPECT_TRUE(tokens_of(many.substr(2)));
}

TEST(Tokens, AreSpeltAlikeWhetherTheReleaseQuotesOrNot) {
  EXPECT_EQ(joined(*tokens_of(R"(--comment "plain")")), joined(*tokens_of("--comment plain")));
  EXPECT_EQ(joined(*tokens_of(R"(--comment "a \"b\"")")), R"(--comment "a \"b\"")");
}

}  // namespace
}  // namespace iptmode::rule_text
