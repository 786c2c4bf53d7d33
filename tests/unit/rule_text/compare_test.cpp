// SPDX-License-Identifier: GPL-2.0-or-later
#include "rule_text/compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iptmode::rule_text {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

RuleText parsed(const std::string& words) {
  return parse_rule_text("-A X " + words, IpFamily::ipv4).value();
}

std::vector<std::string> between(const std::string& truth, const std::string& got) {
  std::vector<std::string> words;
  for (const Difference& difference : differences(parsed(truth).rule, parsed(got)))
    words.push_back(difference.words + (difference.certain ? "" : "?"));
  return words;
}

Rule undecoded(const std::string& words, const std::string& name) {
  Rule rule = parsed(words).rule;
  rule.conditions.push_back({.field = Field::extension, .name = name, .decoded = false});
  return rule;
}

TEST(Compare, NamesWhatIsLost) {
  EXPECT_THAT(between("-m mark --mark 0x4000/0x4000 -j DROP", "-j DROP"),
              ElementsAre("--mark 0x4000/0x4000 is missing"));
  EXPECT_THAT(between("-p tcp -m tcp --dport 80 -j ACCEPT", "-p 6 -j ACCEPT"),
              ElementsAre("--dport 80 is missing"));
}

TEST(Compare, NamesWhatIsChanged) {
  EXPECT_THAT(between("-s 10.244.0.0/16 -j ACCEPT", "-s 10.244.0.0/32 -j ACCEPT"),
              ElementsAre("-s 10.244.0.0/16 is read as -s 10.244.0.0/32"));
  EXPECT_THAT(between("-i lo -j ACCEPT", "! -i lo -j ACCEPT"),
              ElementsAre("-i lo is read as ! -i lo"));
}

TEST(Compare, NamesATargetThatIsLostOrChanged) {
  EXPECT_THAT(between("-j MARK --set-xmark 0x1/0x1", ""),
              ElementsAre(::testing::HasSubstr("no target")));
  EXPECT_THAT(between("-j DROP", "-j ACCEPT"), ElementsAre("-j DROP is read as -j ACCEPT"));
  EXPECT_THAT(between("-j A", "-j B"), ElementsAre("-j A is read as -j B"));
  EXPECT_THAT(between("-j A", "-g A"), ElementsAre("-j A is read as -g A"));
}

TEST(Compare, NamesALostComment) {
  EXPECT_THAT(between("-m comment --comment x -j A", "-j A"),
              ElementsAre("the comment is missing"));
}

TEST(Compare, IsSilentOnOtherWords) {
  EXPECT_THAT(between("-p tcp -m multiport --dports 80 -j A", "-p 6 -m tcp --dport 80 -j A"),
              IsEmpty());
  EXPECT_THAT(between("-j REJECT --reject-with icmp-port-unreachable", "-j REJECT"), IsEmpty());
  EXPECT_THAT(between("-j NFLOG --nflog-prefix  x --nflog-group 1",
                      "-j NFLOG --nflog-group 1 --nflog-prefix x"),
              IsEmpty());
}

TEST(Compare, IsNotSureOfMatchesThatItKnowsByWordsOnly) {
  EXPECT_THAT(between("-m quota --quota 10 -j A", "-m quota --quota 11 -j A"),
              ElementsAre("-m quota --quota 10 is read as -m quota --quota 11?"));
  EXPECT_THAT(between("-m quota --quota 10 -j A", "-j A"),
              ElementsAre("-m quota --quota 10 is missing"));
}

TEST(Compare, AsksOnlyForTheNameOfWhatIsNotDecoded) {
  EXPECT_THAT(differences(undecoded("-j A", "quota"), parsed("-m quota --quota 10 -j A")),
              IsEmpty());
  const auto lost = differences(undecoded("-p tcp -j A", "lookup"), parsed("-p tcp -j A"));
  ASSERT_EQ(lost.size(), 1U);
  EXPECT_EQ(lost[0], (Difference{"[lookup] is missing", true}));
  // iptables may have a name of its own for it.
  const auto renamed = differences(undecoded("-j A", "payload"), parsed("-m ttl --ttl-eq 64 -j A"));
  EXPECT_FALSE(any_certain(renamed));
}

TEST(Compare, AcceptsAFieldUnderTheNameOfItsMatch) {
  EXPECT_THAT(differences(undecoded("-p tcp -j A", "multiport"),
                          parsed("-p tcp -m multiport --dports 80 -j A")),
              ElementsAre(Difference{"--dport 80 is added", false}));
}

}  // namespace
}  // namespace iptmode::rule_text
