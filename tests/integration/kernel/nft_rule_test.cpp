// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/nft_rule.h"

#include <gtest/gtest.h>
#include <linux/netfilter.h>

#include <cstddef>
#include <vector>

#include "captured_rules.h"
#include "kernel/netlink_attributes.h"

namespace iptmode::kernel {
namespace {

struct EncodingCase {
  std::string rule;
  Encodings from_1_8_7;
  Encodings later;
};

// What each release makes of one rule.
const std::vector<EncodingCase> kEncodings{
    {"-s 10.0.0.0/8 -j ACCEPT", {.short_prefix = 1}, {.short_prefix = 1}},
    {"-d 10.244.0.0/16 -j DROP", {.short_prefix = 1}, {.short_prefix = 1}},
    {"-s 10.96.0.0/12 -j ACCEPT", {}, {}},  // a mask inside a byte: every release uses bitwise
    {"-s 10.1.2.3/32 -j RETURN", {}, {}},
    {"-m mark --mark 0x4000/0x4000 -j DROP", {.xt_mark_or_port = 1}, {.native_mark = 1}},
    {"-p tcp -m tcp --dport 443 -j ACCEPT", {.xt_mark_or_port = 1}, {.native_port = 1}},
    {"-p udp -m udp --sport 53 --dport 53 -j ACCEPT", {.xt_mark_or_port = 1}, {.native_port = 1}},
    {"-p tcp -m tcp --dport 30000:32767 -j KUBE-NODEPORTS",
     {.xt_mark_or_port = 1},
     {.native_port = 1, .native_range = 1}},
    {"-p icmp -m icmp --icmp-type 8 -j ACCEPT", {}, {}},
    {"-j MARK --set-xmark 0x4000/0x4000", {}, {}},
    {"-j NFLOG --nflog-group 10", {}, {.native_log = 1}},
    {"-t nat -s 10.244.0.0/16 -j MASQUERADE", {.short_prefix = 1}, {.short_prefix = 1}},
};

void expect_encodings(const std::string& writer, Encodings EncodingCase::*want) {
  const auto rules = captured_rules(writer);
  for (const EncodingCase& expected : kEncodings) {
    SCOPED_TRACE(writer + ": " + expected.rule);
    ASSERT_TRUE(rules.contains(expected.rule));
    EXPECT_EQ(decode_rule(rules.at(expected.rule), NFPROTO_IPV4).encodings, expected.*want);
  }
}

TEST(DecodeRule, TellsTheEncodingsOf187) {
  expect_encodings("iptables-1.8.7", &EncodingCase::from_1_8_7);
}

TEST(DecodeRule, TellsTheEncodingsOf189AndLater) {
  expect_encodings("iptables-1.8.9", &EncodingCase::later);
  expect_encodings("iptables-1.8.13", &EncodingCase::later);
}

TEST(DecodeRule, SeesNoMaskedPrefixInAnyReleaseSince187) {
  for (const char* writer : {"iptables-1.8.7", "iptables-1.8.9", "iptables-1.8.13"}) {
    SCOPED_TRACE(writer);
    const auto rules = captured_rules(writer);
    const auto facts = decode_rule(rules.at("ipv6 -s fd00::/64 -j ACCEPT"), NFPROTO_IPV6);
    EXPECT_EQ(facts.encodings, Encodings{});
  }
}

TEST(DecodeRule, CountsNoEncodingWhereTheFamilyDoesNotMatter) {
  for (const auto& [text, bytes] : captured_rules("iptables-1.8.9")) {
    SCOPED_TRACE(text);
    EXPECT_EQ(decode_rule(bytes, NFPROTO_UNSPEC).encodings, Encodings{});
    EXPECT_EQ(decode_rule(bytes, NFPROTO_BRIDGE).encodings, Encodings{});
  }
}

TEST(DecodeRule, FindsJumpsGotosAndComments) {
  for (const char* writer : {"iptables-1.8.7", "iptables-1.8.9", "iptables-1.8.13"}) {
    SCOPED_TRACE(writer);
    const auto rules = captured_rules(writer);
    const auto jump =
        decode_rule(rules.at(R"(-m comment --comment "cali:abcdefgh" -j cali-INPUT)"), 2);
    EXPECT_EQ(jump.jumps_to(), "cali-INPUT");
    EXPECT_EQ(jump.comment(), "cali:abcdefgh");
    const auto go = decode_rule(
        rules.at(R"(-m comment --comment "kubernetes forwarding rules" -g KUBE-FORWARD)"), 2);
    EXPECT_EQ(go.jumps_to(), "KUBE-FORWARD");
    EXPECT_EQ(go.comment(), "kubernetes forwarding rules");
    const auto accept = decode_rule(rules.at("-s 10.0.0.0/8 -j ACCEPT"), 2);
    EXPECT_EQ(accept.jumps_to(), "");
    EXPECT_EQ(accept.comment(), "");
  }
}

TEST(DecodeRule, FindsTranslationsOfIptables) {
  for (const char* writer : {"iptables-1.8.7", "iptables-1.8.9", "iptables-1.8.13"})
    for (const auto& [text, bytes] : captured_rules(writer)) {
      SCOPED_TRACE(std::string{writer} + ": " + text);
      EXPECT_EQ(decode_rule(bytes, NFPROTO_IPV4).translates, text.starts_with("-t nat"));
    }
}

TEST(DecodeRule, ReadsNativeRules) {
  const auto rules = captured_rules("nft-1.0.6");
  const auto nat = decode_rule(
      rules.at(
          R"(ip saddr 10.0.0.0/8 tcp dport 80 dnat to 1.2.3.4:80 comment "kube-router netpol")"),
      NFPROTO_IPV4);
  EXPECT_TRUE(nat.translates);
  EXPECT_EQ(nat.comment(), "kube-router netpol");
  EXPECT_EQ(nat.encodings, (Encodings{.short_prefix = 1, .native_port = 1}));
  EXPECT_TRUE(decode_rule(rules.at("masquerade"), NFPROTO_IPV4).translates);
  EXPECT_TRUE(decode_rule(rules.at("redirect"), NFPROTO_IPV4).translates);

  const auto set_mark = decode_rule(rules.at("meta mark set 1 jump KUBE-X"), NFPROTO_IPV4);
  EXPECT_EQ(set_mark.jumps_to(), "KUBE-X");
  EXPECT_EQ(set_mark.encodings, Encodings{}) << "setting a mark is not comparing it";
  const auto log =
      decode_rule(rules.at(R"(ip saddr 10.0.0.0-10.0.0.9 log prefix "x" drop)"), NFPROTO_IPV4);
  EXPECT_EQ(log.encodings.native_log, 1U);
}

std::string attribute(std::uint16_t type, const std::string& payload) {
  const nlattr header{.nla_len = static_cast<std::uint16_t>(sizeof(nlattr) + payload.size()),
                      .nla_type = type};
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  bytes += payload;
  bytes.resize((bytes.size() + 3) / 4 * 4);
  return bytes;
}
std::string number(std::uint32_t value) {
  std::string bytes;
  for (const unsigned shift : {24U, 16U, 8U, 0U})
    bytes.push_back(static_cast<char>(value >> shift));
  return bytes;
}
std::string expression(const std::string& name, const std::string& data) {
  return attribute(1, attribute(1, name + '\0') + attribute(2, data));  // NFTA_LIST_ELEM
}
/// The address loaded whole, then masked, as releases before 1.8.7 do for every prefix.
std::string masked_source(const std::string& mask) {
  const std::string load =
      expression("payload", attribute(1, number(1)) + attribute(2, number(1)) +
                                attribute(3, number(12)) + attribute(4, number(4)));
  const std::string masked = expression(
      "bitwise", attribute(1, number(1)) + attribute(2, number(1)) + attribute(3, number(4)) +
                     attribute(4, attribute(1, mask)) + attribute(5, attribute(1, number(0))));
  return attribute(4, load + masked);  // NFTA_RULE_EXPRESSIONS
}

TEST(DecodeRule, CountsByteAlignedMasks) {
  struct Case {
    std::uint32_t mask;
    std::uint64_t want;
  };
  for (const auto& [mask, want] :
       {Case{0xff000000, 1}, Case{0xffff0000, 1}, Case{0xffffff00, 1}, Case{0xffffffff, 1},
        Case{0xfff00000, 0}, Case{0, 0}, Case{0xff00ff00, 0}}) {
    SCOPED_TRACE(mask);
    const auto facts = decode_rule(masked_source(number(mask)), NFPROTO_IPV4);
    EXPECT_EQ(facts.encodings, Encodings{.masked_prefix = want});
  }
}

TEST(DecodeRule, ReadsTheCommentAfterAnotherRecordOfUserData) {
  using namespace std::string_literals;
  const std::string two_records = attribute(7, "\x05\x02zz\x00\x06hello\x00"s);
  EXPECT_EQ(decode_rule(two_records, NFPROTO_IPV4).comment(), "hello");
  const std::string too_long = attribute(7, "\x00\x7fhello"s);
  EXPECT_EQ(decode_rule(too_long, NFPROTO_IPV4).comment(), "");
}

// Every prefix of every captured rule, and every rule with one byte changed: nothing outside the
// bytes is read (the sanitizers watch), nothing runs forever.
TEST(DecodeRule, SurvivesBytesThatAreCutOrChanged) {
  for (const auto& [text, bytes] : captured_rules("iptables-1.8.9")) {
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      const std::vector<char> cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_EQ(decode_rule({cut.data(), cut.size()}, NFPROTO_IPV4).comment(), "");
      std::vector<char> changed(bytes.begin(), bytes.end());
      changed.at(size) = static_cast<char>(changed.at(size) ^ 0x55);
      const auto facts = decode_rule({changed.data(), changed.size()}, NFPROTO_IPV4);
      EXPECT_LE(facts.comment().size(), bytes.size());
      EXPECT_LE(facts.jumps_to().size(), bytes.size());
    }
  }
}

TEST(Attributes, StopsAtALengthThatCannotBe) {
  for (const std::uint16_t length : {std::uint16_t{0}, std::uint16_t{3}, std::uint16_t{200}}) {
    nlattr header{.nla_len = length, .nla_type = 1};
    std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
    bytes += "abcd";
    EXPECT_EQ(Attributes{bytes}.begin(), Attributes::end()) << length;
  }
}

TEST(Attributes, TakesALastOneWithoutPadding) {
  const std::string bytes = attribute(1, "abcd") + attribute(2, "x").substr(0, sizeof(nlattr) + 1);
  std::string seen;
  for (const auto& [type, payload] : Attributes{bytes}) seen += payload;
  EXPECT_EQ(seen, "abcdx");
}

}  // namespace
}  // namespace iptmode::kernel
