// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/shape_key.h"

#include <gtest/gtest.h>
#include <linux/netfilter.h>

#include <algorithm>

#include "captured_rules.h"
#include "kernel/nft_rule.h"
#include "kernel/rule_distiller.h"

namespace iptmode::kernel {
namespace {

constexpr const char* kWriters[] = {"iptables-1.8.7", "iptables-1.8.9", "iptables-1.8.13"};

std::string expressions_of(const std::string& message) {
  return std::string{decode_rule(message, 0).expressions};
}

std::uint64_t key_of(const std::string& expressions) {
  std::vector<Varying> varying;
  return expressions_key(expressions, varying);
}

/// `text` with the first `from` in it replaced; fails the test if there is none.
std::string with(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos);
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

using namespace std::string_view_literals;

TEST(ShapeKey, TellsEveryCapturedRuleFromEveryOther) {
  for (const char* writer : kWriters) {
    std::map<std::uint64_t, std::string> seen;
    for (const auto& [text, message] : captured_rules(writer)) {
      const auto [other, is_new] = seen.emplace(key_of(expressions_of(message)), text);
      EXPECT_TRUE(is_new) << writer << ": " << text << " is like " << other->second;
    }
  }
}

TEST(ShapeKey, TellsTheReleasesThatEncodeAMarkApart) {
  const std::string rule = "-m mark --mark 0x4000/0x4000 -j DROP";
  const auto key = [&](const char* writer) {
    return key_of(expressions_of(captured_rules(writer).at(rule)));
  };
  EXPECT_NE(key("iptables-1.8.7"), key("iptables-1.8.9"));
  EXPECT_EQ(key("iptables-1.8.9"), key("iptables-1.8.13"));
}

TEST(ShapeKey, IsTheSameForAnotherAddressOrPort) {
  const auto rules = captured_rules("iptables-1.8.9");
  const std::string host = expressions_of(rules.at("-s 10.1.2.3/32 -j RETURN"));
  EXPECT_EQ(key_of(host), key_of(with(host, "\x0a\x01\x02\x03"sv, "\x0a\x01\x02\x04"sv)));
  const std::string port = expressions_of(rules.at("-p tcp -m tcp --dport 443 -j ACCEPT"));
  EXPECT_EQ(key_of(port), key_of(with(port, "\x01\xbb"sv, "\x00\x50"sv)));
}

TEST(ShapeKey, IsAnotherForAnotherProtocolOrMask) {
  const auto rules = captured_rules("iptables-1.8.9");
  const std::string port = expressions_of(rules.at("-p tcp -m tcp --dport 443 -j ACCEPT"));
  // NFTA_DATA_VALUE of one byte: 6 for TCP, 17 for UDP.
  EXPECT_NE(key_of(port), key_of(with(port, "\x05\x00\x01\x00\x06"sv, "\x05\x00\x01\x00\x11"sv)));
  const std::string prefix = expressions_of(rules.at("-s 10.96.0.0/12 -j ACCEPT"));
  const auto other_mask = [&](std::string_view mask) {
    return key_of(with(prefix, "\xff\xf0\x00\x00"sv, mask));
  };
  EXPECT_NE(key_of(prefix), other_mask("\xff\xff\x00\x00"sv));  // ends at a byte
  EXPECT_NE(key_of(prefix), other_mask("\xff\xf5\x00\x00"sv));  // is no prefix
  EXPECT_EQ(key_of(prefix), other_mask("\xff\xfc\x00\x00"sv));
}

TEST(ShapeKey, IsAnotherForAnotherVerdict) {
  const auto rules = captured_rules("iptables-1.8.9");
  const std::string accept = expressions_of(rules.at("-s 10.0.0.0/8 -j ACCEPT"));
  // NFTA_VERDICT_CODE: 1 is NF_ACCEPT, 0 is NF_DROP.
  EXPECT_NE(key_of(accept), key_of(with(accept, "\x08\x00\x01\x00\x00\x00\x00\x01"sv,
                                        "\x08\x00\x01\x00\x00\x00\x00\x00"sv)));
}

TEST(ShapeKey, DependsOnTheChainAndOnUserData) {
  EXPECT_NE(shape_key(7, false, shape_seed("KUBE-FIREWALL", false)),
            shape_key(7, false, shape_seed("KUBE-FORWARD", false)));
  EXPECT_NE(shape_key(7, false, shape_seed({}, false)), shape_key(7, false, shape_seed({}, true)));
  EXPECT_NE(shape_key(7, false, 0), shape_key(7, true, 0));
  EXPECT_NE(shape_key(7, false, 0), shape_key(8, false, 0));
}

// Whatever is in the bytes that a shape leaves out, the shape stays and so does what the decoder
// says of the writer: the reader of rules relies on it.
TEST(ShapeKey, AndTheDecoderDoNotDependOnWhatIsLeftOut) {
  for (const char* writer : kWriters)
    for (const auto& [text, message] : captured_rules(writer)) {
      SCOPED_TRACE(std::string{writer} + ": " + text);
      const RuleFacts facts = decode_rule(message, NFPROTO_IPV4);
      std::vector<Varying> varying;
      const std::uint64_t key = expressions_key(facts.expressions, varying);
      std::string other = message;
      for (const auto& [bytes, counts] : varying)
        for (std::size_t i = 0; i < bytes.size(); ++i)
          other[static_cast<std::size_t>(bytes.data() - message.data()) + i] ^= '\x55';
      const RuleFacts changed = decode_rule(other, NFPROTO_IPV4);
      EXPECT_EQ(key_of(std::string{changed.expressions}), key);
      EXPECT_EQ(changed.encodings, facts.encodings);
      EXPECT_EQ(changed.translates, facts.translates);
      EXPECT_EQ(changed.chain_field.size(), facts.chain_field.size());
      EXPECT_EQ(changed.comment_field.size(), facts.comment_field.size());
    }
}

TEST(ShapeKey, ListsWhatItLeavesOutInOrderAndApart) {
  for (const auto& [text, message] : captured_rules("iptables-1.8.9")) {
    const std::string expressions = expressions_of(message);
    std::vector<Varying> varying;
    (void)expressions_key(expressions, varying);
    EXPECT_EQ(std::ranges::count(varying, true, &Varying::counts), 1) << text;
    const char* end = expressions.data();
    for (const auto& [bytes, counts] : varying) {
      EXPECT_GE(bytes.data(), end) << text;
      EXPECT_FALSE(bytes.empty()) << text;
      end = bytes.data() + bytes.size();
    }
    EXPECT_LE(end, expressions.data() + expressions.size()) << text;
  }
}

TEST(ShapeKey, SurvivesEveryCut) {
  for (const auto& [text, message] : captured_rules("iptables-1.8.9")) {
    const std::string whole = expressions_of(message);
    for (std::size_t length = 0; length < whole.size(); ++length) {
      (void)key_of(whole.substr(0, length));
      (void)is_native(whole.substr(0, length));
    }
  }
}

TEST(IsNative, HoldsForNoRuleOfIptables) {
  for (const char* writer : kWriters)
    for (const auto& [text, message] : captured_rules(writer))
      EXPECT_FALSE(is_native(expressions_of(message))) << writer << ": " << text;
}

TEST(IsNative, HoldsForWhatIptablesHasNoExpressionFor) {
  for (const auto& [text, message] : captured_rules("nft-1.0.6")) {
    const bool translates = text.find("nat ") != std::string::npos ||
                            text.find("masquerade") != std::string::npos ||
                            text.find("redirect") != std::string::npos;
    if (translates) {
      EXPECT_TRUE(is_native(expressions_of(message))) << text;
    }
  }
}

PassingRule passing(const std::string& expressions) {
  return {.chain = "KUBE-FIREWALL",
          .owner = {.owners = Owner::kubelet, .pattern = "KUBE-FIREWALL"},
          .shape = key_of(expressions),
          .expressions = expressions};
}

/// An expression list that holds one expression of that name and nothing else.
std::string list_of(const std::string& name) {
  const auto attribute = [](char type, const std::string& payload) {
    const auto length = static_cast<char>(payload.size() + 4);
    return std::string{length, '\0', type, '\0'} + payload +
           std::string((4 - payload.size() % 4) % 4, '\0');
  };
  return attribute(1, attribute(1, name));
}

TEST(RuleDistiller, KeepsTheFirstOfEachShapeAndCountsTheOthers) {
  const auto rules = captured_rules("iptables-1.8.9");
  const std::string accept = expressions_of(rules.at("-s 10.0.0.0/8 -j ACCEPT"));
  const std::string other = with(accept, "\x01\x00\x0a"sv, "\x01\x00\x0b"sv);
  const std::string drop = expressions_of(rules.at("-d 10.244.0.0/16 -j DROP"));
  RuleDistiller distiller;
  std::size_t bytes_left = kMaxExemplars;
  for (const std::string* rule : {&accept, &drop, &other})
    distiller.add(passing(*rule), bytes_left);
  ASSERT_EQ(distiller.shapes().size(), 2U);
  const RuleShape& first = distiller.shapes().at(0);
  EXPECT_EQ(first.rules, 2U);
  EXPECT_EQ(first.expressions, accept);
  EXPECT_EQ(first.chain, "KUBE-FIREWALL");
  EXPECT_EQ(first.owners, Owner::kubelet);
  EXPECT_EQ(distiller.shapes().at(1).rules, 1U);
  EXPECT_EQ(bytes_left, kMaxExemplars - accept.size() - drop.size());
}

TEST(RuleDistiller, IsBoundedInNumberAndSaysWhatItLeftOut) {
  RuleDistiller distiller;
  std::size_t bytes_left = kMaxExemplars;
  for (std::size_t i = 0; i < kMaxShapes + 7; ++i)
    distiller.add(passing(list_of("x" + std::to_string(i))), bytes_left);
  EXPECT_EQ(distiller.shapes().size(), kMaxShapes);
  EXPECT_EQ(distiller.unshaped_rules(), 7U);
  distiller.add(passing(list_of("x3")), bytes_left);  // one that is known still counts
  EXPECT_EQ(distiller.shapes().at(3).rules, 2U);
  EXPECT_EQ(distiller.unshaped_rules(), 7U);
}

TEST(RuleDistiller, IsBoundedInBytes) {
  RuleDistiller distiller;
  std::size_t bytes_left = kMaxExemplars;
  std::string large = list_of("counter");
  large.resize(kMaxExemplar + 1);
  distiller.add(passing(large), bytes_left);
  EXPECT_EQ(distiller.unshaped_rules(), 1U);
  bytes_left = 3;
  distiller.add(passing(list_of("x")), bytes_left);
  EXPECT_EQ(distiller.unshaped_rules(), 2U);
  EXPECT_TRUE(distiller.shapes().empty());
  EXPECT_EQ(bytes_left, 3U);
}

}  // namespace
}  // namespace iptmode::kernel
