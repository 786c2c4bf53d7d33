// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/rule_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rule_text/canonical.h"
#include "rule_text/compare.h"

namespace iptmode {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

RuleText parsed(const std::string& words, IpFamily family = IpFamily::ipv4) {
  const auto rule = parse_rule_text("-A X " + words, family);
  EXPECT_TRUE(rule) << words;
  return rule.value_or(RuleText{});
}

Condition only(const std::string& words, IpFamily family = IpFamily::ipv4) {
  const auto conditions = rule_text::canonical_conditions(parsed(words, family).rule);
  EXPECT_EQ(conditions.size(), 1U) << words;
  return conditions.empty() ? Condition{} : conditions.front();
}

std::string bytes(std::initializer_list<unsigned> values) {
  std::string text;
  for (const unsigned value : values) text += static_cast<char>(value);
  return text;
}

Interval one(const std::string& value) {
  return {value, value};
}

TEST(RuleText, TakesProtocolsByNameAndNumber) {
  EXPECT_EQ(only("-p tcp").any_of, std::vector{one(bytes({6}))});
  EXPECT_EQ(only("-p 6"), only("-p tcp"));
  EXPECT_EQ(only("--protocol 17"), only("-p udp"));
  EXPECT_EQ(only("-p 58", IpFamily::ipv6), only("-p ipv6-icmp", IpFamily::ipv6));
  EXPECT_TRUE(only("! -p tcp").negated);
  EXPECT_THAT(parsed("-p all").rule.conditions, IsEmpty());
}

TEST(RuleText, TakesAddressesMasksAndRanges) {
  EXPECT_EQ(only("-s 10.244.0.0/16").any_of,
            (std::vector<Interval>{{bytes({10, 244, 0, 0}), bytes({10, 244, 255, 255})}}));
  EXPECT_EQ(only("-s 10.244.0.0/255.255.0.0"), only("-s 10.244.3.4/16"));
  EXPECT_EQ(only("-d 10.0.0.1"), only("--destination 10.0.0.1/32"));
  EXPECT_EQ(only("-d 10.0.3.0/255.0.255.0").mask, bytes({255, 0, 255, 0}));
  EXPECT_EQ(only("-m iprange --src-range 10.0.0.0-10.0.0.255"), only("-s 10.0.0.0/24"));
  EXPECT_EQ(only("-s fd00::/8", IpFamily::ipv6).any_of.front().low.substr(0, 2), bytes({0xfd, 0}));
  EXPECT_EQ(only("-s ::ffff:10.0.0.1", IpFamily::ipv6),
            only("-s 0:0:0:0:0:ffff:a00:1/128", IpFamily::ipv6));
  EXPECT_THAT(rule_text::canonical_conditions(parsed("-s 0.0.0.0/0").rule), IsEmpty());
}

TEST(RuleText, TakesPortsOfEveryForm) {
  EXPECT_EQ(only("-m tcp --dport 80").any_of, std::vector{one(bytes({0, 80}))});
  EXPECT_EQ(only("-m tcp --dport 1024:65535"), only("-m multiport --dports 1024:65535"));
  EXPECT_EQ(only("-m tcp --sport :1023"), only("-m tcp --sport 0:1023"));
  EXPECT_EQ(only("-m multiport --dports 443,80").any_of.size(), 2U);
  EXPECT_EQ(only("-m multiport --dports 80,81"), only("-m tcp --dport 80:81"));
  EXPECT_TRUE(only("-m tcp ! --dport 80").negated);
  EXPECT_EQ(only("-m multiport --ports 80").field, Field::extension);
}

TEST(RuleText, TakesMarksWithAndWithoutMask) {
  EXPECT_EQ(only("-m mark --mark 0x4000/0x4000").mask, bytes({0, 0, 0x40, 0}));
  EXPECT_EQ(only("-m mark --mark 0x1"), only("-m mark --mark 1/0xffffffff"));
  EXPECT_EQ(only("-m connmark --mark 0x1").field, Field::conntrack_mark);
  EXPECT_EQ(only("-m mark ! --mark 0x4000/0x4000"), only("-m mark --mark 0x0/0x4000"));
  EXPECT_NE(only("-m mark ! --mark 0x3/0x3"), only("-m mark --mark 0x0/0x3"));
}

TEST(RuleText, TakesInterfacesWithTheirPlus) {
  EXPECT_EQ(only("-i eth0").any_of, std::vector{one("eth0")});
  EXPECT_TRUE(only("-i cali+").prefix);
  EXPECT_THAT(rule_text::canonical_conditions(parsed("-i +").rule), IsEmpty());
  EXPECT_NE(only("-i eth0"), only("-o eth0"));
}

TEST(RuleText, TakesFlagsStatesAndTypes) {
  EXPECT_EQ(only("-m tcp --syn"), only("-m tcp --tcp-flags FIN,SYN,RST,ACK SYN"));
  EXPECT_EQ(only("-m tcp --tcp-flags ALL NONE"),
            only("-m tcp --tcp-flags FIN,SYN,RST,PSH,ACK,URG NONE"));
  EXPECT_EQ(only("-m state --state ESTABLISHED,RELATED"),
            only("-m conntrack --ctstate RELATED,ESTABLISHED"));
  EXPECT_NE(only("-m conntrack --ctstate NEW"), only("-m conntrack ! --ctstate NEW"));
  EXPECT_EQ(only("-m conntrack --ctstate DNAT").field, Field::conntrack_status);
  EXPECT_EQ(only("-m conntrack --ctstate NEW,DNAT").field, Field::extension);
  EXPECT_EQ(only("-m addrtype --dst-type LOCAL").any_of, std::vector{one(bytes({0, 0, 0, 2}))});
  EXPECT_EQ(only("-m icmp --icmp-type 8"), only("-m icmp --icmp-type echo-request"));
  EXPECT_EQ(parsed("-m icmp --icmp-type 3/4").rule.conditions.size(), 2U);
  EXPECT_EQ(only("-m icmp6 --icmpv6-type 135", IpFamily::ipv6),
            only("-m icmp6 --icmpv6-type neighbour-solicitation", IpFamily::ipv6));
  EXPECT_THAT(parsed("-m icmp --icmp-type any").rule.conditions, IsEmpty());
}

TEST(RuleText, KeepsWhatItDoesNotKnowByItsWords) {
  const Condition condition = only("-m quota2 --name q --quota 0x10 ! --grow");
  EXPECT_EQ(condition.name, "quota2");
  EXPECT_EQ(condition.arguments, "! --grow --name q --quota 16");
  EXPECT_EQ(only("-m quota2 ! --grow --quota 16 --name q"), condition);
  EXPECT_EQ(only("-m socket").name, "socket");
  EXPECT_THAT(parsed("-p tcp -m tcp -m comment --comment x").modules,
              ElementsAre("tcp", "comment"));
}

TEST(RuleText, LeavesOutWhatIsTheDefaultAnyway) {
  EXPECT_EQ(only("-m limit --limit 10/minute --limit-burst 5"), only("-m limit --limit 10/min"));
  EXPECT_EQ(only("-m statistic --mode random --probability 0.50000000000"),
            only("-m statistic --probability 0.5 --mode random"));
}

TEST(RuleText, TakesAComment) {
  EXPECT_EQ(parsed(R"(-m comment --comment "a \"b\" -j DROP")").rule.comment, R"(a "b" -j DROP)");
  const RuleText hostile = parsed("-m comment --comment --jump -j DROP");
  EXPECT_EQ(hostile.rule.comment, "--jump");
  EXPECT_EQ(hostile.rule.action.kind, Action::Kind::drop);
}

TEST(RuleText, TellsVerdictsJumpsAndTargetsApart) {
  EXPECT_EQ(parsed("-j ACCEPT").rule.action.kind, Action::Kind::accept);
  EXPECT_EQ(parsed("-j RETURN").rule.action.kind, Action::Kind::back);
  EXPECT_EQ(parsed("").rule.action.kind, Action::Kind::none);
  EXPECT_EQ(parsed("-j DOCKER").rule.action.kind, Action::Kind::jump);
  EXPECT_EQ(parsed("-g IN_public").rule.action.kind, Action::Kind::go_to);
  EXPECT_EQ(parsed("-j DNAT --to-destination 10.0.0.1:80").rule.action.arguments,
            "--to-destination 10.0.0.1:80");
  EXPECT_EQ(parsed("-j NEWTARGET --flag 1").rule.action.name, "NEWTARGET");
  EXPECT_EQ(parsed("-j NOTRACK").rule.action, parsed("-j CT --notrack").rule.action);
}

TEST(RuleText, CountsWithTheBitsOfMark) {
  const Action action = parsed("-j MARK --set-xmark 0x4000/0x4000").rule.action;
  EXPECT_EQ(action.kind, Action::Kind::set_mark);
  EXPECT_EQ(action.clear, 0x4000U);
  EXPECT_EQ(action.change, 0x4000U);
  EXPECT_EQ(parsed("-j MARK --or-mark 0x8").rule.action.clear, 8U);
  EXPECT_EQ(parsed("-j MARK --and-mark 0xff").rule.action.clear, 0xffffff00U);
}

TEST(RuleText, TakesCountersAndOldOrder) {
  const auto counted = parse_rule_text("[12:720] -A INPUT -s 10.0.0.1 -j DROP", IpFamily::ipv4);
  ASSERT_TRUE(counted);
  EXPECT_EQ(counted->chain, "INPUT");
  EXPECT_EQ(counted->text, "-s 10.0.0.1 -j DROP");
  EXPECT_EQ(only("-s ! 10.0.0.0/8"), only("! -s 10.0.0.0/8"));
  EXPECT_FALSE(parse_rule_text(":INPUT ACCEPT [0:0]", IpFamily::ipv4));
  EXPECT_FALSE(parse_rule_text("-A", IpFamily::ipv4));
  EXPECT_FALSE(parse_rule_text("", IpFamily::ipv4));
}

TEST(RuleText, FindsNoMeaningInTheOrder) {
  const RuleText one =
      parsed("-s 10.0.0.1/32 -i lo -p tcp -m tcp --dport 80 -m comment --comment x -j DROP");
  const RuleText two =
      parsed("-i lo -m comment --comment x -p 6 -m tcp --dport 80 -s 10.0.0.1 -j DROP");
  EXPECT_THAT(rule_text::differences(one.rule, two), IsEmpty());
}

}  // namespace
}  // namespace iptmode
