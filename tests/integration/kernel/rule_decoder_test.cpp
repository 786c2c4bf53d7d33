// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/rule_decoder.h"

#include <gtest/gtest.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/x_tables.h>
#include <linux/netfilter/xt_limit.h>
#include <linux/netlink.h>

#include <cstddef>
#include <map>
#include <string_view>
#include <vector>

#include "captured_rules.h"
#include "kernel/xt_decoder.h"
#include "kernel/xt_structure.h"

namespace iptmode::kernel {
namespace {

constexpr std::array kWriters{"iptables-1.8.7", "iptables-1.8.9", "iptables-1.8.13"};

Rule decoded(const std::string& text, const std::string& bytes) {
  return decode_rule_conditions(bytes, text.starts_with("ipv6 ") ? NFPROTO_IPV6 : NFPROTO_IPV4);
}

TEST(RuleDecoder, SaysTheSameOfEveryReleasesEncoding) {
  const auto reference = captured_rules("iptables-1.8.9");
  for (const char* writer : kWriters)
    for (const auto& [text, bytes] : captured_rules(writer)) {
      SCOPED_TRACE(std::string{writer} + ": " + text);
      ASSERT_TRUE(reference.contains(text));
      EXPECT_EQ(decoded(text, bytes), decoded(text, reference.at(text)));
    }
}

/// What iptables was told, without table, family and the matches that to_string() leaves out.
std::string told(std::string text) {
  for (const std::string_view part : {"-t nat ", "ipv6 ", "-m tcp ", "-m udp ", "-m icmp "})
    if (const std::size_t at = text.find(part); at != std::string::npos)
      text.erase(at, part.size());
  return text;
}

TEST(RuleDecoder, ReadsBackWhatIptablesWasTold) {
  for (const char* writer : kWriters)
    for (const auto& [text, bytes] : captured_rules(writer)) {
      SCOPED_TRACE(writer);
      EXPECT_EQ(to_string(decoded(text, bytes)), told(text));
    }
}

TEST(RuleDecoder, ReadsNativeRules) {
  const auto rules = captured_rules("nft-1.0.6");
  const std::map<std::string, std::string> want{
      {R"(ip saddr 10.0.0.0/8 tcp dport 80 dnat to 1.2.3.4:80 comment "kube-router netpol")",
       R"(-s 10.0.0.0/8 -p tcp --dport 80 -m comment --comment "kube-router netpol" -j DNAT --to-destination 1.2.3.4:80)"},
      {R"(ip saddr 10.0.0.0-10.0.0.9 log prefix "x" drop)", "-s 10.0.0.0-10.0.0.9 -j DROP"},
      {"masquerade", "-j MASQUERADE"},
      {"redirect", "-j REDIRECT"},
      {"meta mark set 1 jump KUBE-X", "[-j KUBE-X]"}};
  for (const auto& [text, bytes] : rules) {
    SCOPED_TRACE(text);
    ASSERT_TRUE(want.contains(text));
    EXPECT_EQ(to_string(decode_rule_conditions(bytes, NFPROTO_IPV4)), want.at(text));
  }
}

std::string attribute(std::uint16_t type, const std::string& payload) {
  const nlattr header{.nla_len = static_cast<std::uint16_t>(sizeof(nlattr) + payload.size()),
                      .nla_type = type};
  std::string bytes = bytes_of(header) + payload;
  bytes.resize((bytes.size() + 3) / 4 * 4);
  return bytes;
}
std::string number(std::uint64_t value, std::size_t bytes = 4) {
  return big_endian(value, bytes);
}

/// "limit rate 10/minute burst <burst> packets" as the kernel dumps it.
std::string ten_a_minute(std::uint32_t burst) {
  const std::string limit =
      attribute(NFTA_LIMIT_RATE, number(10, 8)) + attribute(NFTA_LIMIT_UNIT, number(60, 8)) +
      attribute(NFTA_LIMIT_BURST, number(burst)) +
      attribute(NFTA_LIMIT_TYPE, number(NFT_LIMIT_PKTS)) + attribute(NFTA_LIMIT_FLAGS, number(0));
  return attribute(NFTA_LIST_ELEM,
                   attribute(NFTA_EXPR_NAME, "limit") + attribute(NFTA_EXPR_DATA, limit));
}

TEST(RuleDecoder, LeavesOutTheBurstThatIptablesTakesByItself) {
  const auto words = [](std::uint32_t burst) {
    return to_string(decode_rule_conditions(ten_a_minute(burst), {}, NFPROTO_IPV4));
  };
  EXPECT_EQ(words(5), "-m limit --limit 10/min");
  EXPECT_EQ(words(0), "-m limit --limit 10/min");
  EXPECT_EQ(words(4), "-m limit --limit 10/min --limit-burst 4");
  EXPECT_EQ(words(20), "-m limit --limit 10/min --limit-burst 20");
}

TEST(RuleDecoder, LeavesOutTheSameBurstOfTheMatch) {
  const auto words = [](std::uint32_t burst) {
    xt_rateinfo info = {};
    info.avg = XT_LIMIT_SCALE * 6;  // the time between two packets
    info.burst = burst;
    Rule rule;
    decode_xt_match({.name = "limit", .info = bytes_of(info)}, IpFamily::ipv4, rule);
    return to_string(rule);
  };
  EXPECT_EQ(words(5), "-m limit --limit 10/min");
  EXPECT_EQ(words(0), "-m limit --limit 10/min --limit-burst 0");
  EXPECT_EQ(words(20), "-m limit --limit 10/min --limit-burst 20");
}

// The sanitizers watch.
TEST(RuleDecoder, SurvivesBytesThatAreCutOrChanged) {
  for (const char* writer : {"iptables-1.8.7", "iptables-1.8.9", "nft-1.0.6"})
    for (const auto& [text, bytes] : captured_rules(writer))
      for (std::size_t size = 0; size < bytes.size(); ++size) {
        std::string changed = bytes;
        changed.at(size) = static_cast<char>(changed.at(size) ^ 0x55);
        const std::vector<char> cut(bytes.begin(),
                                    bytes.begin() + static_cast<std::ptrdiff_t>(size));
        for (const std::uint8_t family : {NFPROTO_IPV4, NFPROTO_IPV6, NFPROTO_INET}) {
          EXPECT_LE(decode_rule_conditions(changed, family).comment.size(), bytes.size());
          EXPECT_LE(decode_rule_conditions({cut.data(), cut.size()}, family).comment.size(), size);
        }
      }
}

}  // namespace
}  // namespace iptmode::kernel
