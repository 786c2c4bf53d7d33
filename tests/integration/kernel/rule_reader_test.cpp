// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/rule_reader.h"

#include <gtest/gtest.h>
#include <linux/netfilter.h>

#include <algorithm>
#include <cstdlib>
#include <new>
#include <set>

#include "captured_rules.h"
#include "kernel/repeated_rules.h"
#include "kernel/rule_distiller.h"
#include "kernel/shape_key.h"

namespace {
std::size_t allocations = 0;
}  // namespace

// Every allocation of this program is counted.
void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc{};
}
void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
  ++allocations;
  return std::malloc(size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t /*size*/) noexcept {
  std::free(memory);
}

namespace iptmode::kernel {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

constexpr const char* kWriters[] = {"iptables-1.8.7", "iptables-1.8.9", "iptables-1.8.13",
                                    "nft-1.0.6"};

/// `text` with the first `from` in it replaced by as many bytes; fails the test if there is none.
std::string with(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  EXPECT_EQ(from.size(), to.size());
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

void expect_like_decoder(RuleReader& reader, const std::string& message, const std::string& text) {
  SCOPED_TRACE(text);
  const ReadRule rule = reader.read(message, true);
  const RuleFacts facts = decode_rule(message, NFPROTO_IPV4);
  std::vector<Varying> varying;
  EXPECT_EQ(rule.expressions_key, expressions_key(facts.expressions, varying));
  EXPECT_EQ(rule.facts.expressions, facts.expressions);
  EXPECT_EQ(rule.facts.user_data, facts.user_data);
  EXPECT_EQ(rule.facts.jumps_to(), facts.jumps_to());
  EXPECT_EQ(rule.facts.comment(), facts.comment());
  EXPECT_EQ(rule.facts.translates, facts.translates);
  EXPECT_EQ(rule.facts.encodings, facts.encodings);
}

TEST(RuleReader, SaysOfEveryRuleWhatTheDecoderSays) {
  RuleReader reader{NFPROTO_IPV4};
  std::size_t rules = 0;
  for (int round = 0; round < 2; ++round)  // the second is of kinds that are known
    for (const char* writer : kWriters)
      for (const auto& [text, message] : captured_rules(writer)) {
        expect_like_decoder(reader, message, writer + (": " + text));
        ++rules;
      }
  EXPECT_LE(reader.kinds(), rules / 2);
}

TEST(RuleReader, ReadsAnotherRuleOfAKnownKind) {
  const auto rules = captured_rules("iptables-1.8.9");
  const std::string& rule = rules.at(R"(-m comment --comment "cali:abcdefgh" -j cali-INPUT)");
  RuleReader reader{NFPROTO_IPV4};
  expect_like_decoder(reader, rule, "the first");
  const std::string other =
      with(with(rule, "cali:abcdefgh"sv, "kube\0r-router"sv), "cali-INPUT"sv, "KUBE-AAAAA"sv);
  expect_like_decoder(reader, other, "another");
  EXPECT_EQ(reader.read(other, false).facts.comment(), "kube");
  EXPECT_EQ(reader.read(other, false).facts.jumps_to(), "KUBE-AAAAA");
  EXPECT_EQ(reader.kinds(), 1U);
}

// One byte of a rule changed, wherever: what the reader learnt from the whole one must not show.
TEST(RuleReader, IsNotMisledByARuleThatIsAlike) {
  for (const char* writer : {"iptables-1.8.7", "iptables-1.8.13"})
    for (const auto& [text, message] : captured_rules(writer)) {
      RuleReader reader{NFPROTO_IPV4};
      (void)reader.read(message, true);
      for (std::size_t at = 0; at < message.size(); ++at) {
        std::string changed = message;
        changed[at] = static_cast<char>(changed[at] ^ 0x55);
        expect_like_decoder(reader, changed, text + ", byte " + std::to_string(at));
      }
    }
}

TEST(RuleReader, SurvivesEveryCut) {
  RuleReader reader{NFPROTO_IPV4};
  for (const auto& [text, message] : captured_rules("iptables-1.8.9"))
    for (std::size_t length = 0; length <= message.size(); ++length)
      expect_like_decoder(reader, message.substr(0, length), text);
  EXPECT_LE(reader.kinds(), RuleReader::kMaxKinds);
}

TEST(RuleReader, TellsRulesApartByAllButTheirCounters) {
  const std::string rule = captured_rules("iptables-1.8.9").at("-s 10.1.2.3/32 -j RETURN");
  RuleReader reader{NFPROTO_IPV4};
  const std::uint64_t key = reader.read(rule, true).equality_key;
  const auto key_with = [&](std::string_view from, std::string_view to) {
    return reader.read(with(rule, from, to), true).equality_key;
  };
  EXPECT_EQ(key, reader.read(rule, true).equality_key);
  EXPECT_NE(key, key_with("\x0a\x01\x02\x03"sv, "\x0a\x01\x02\x04"sv));
  // NFTA_COUNTER_BYTES and NFTA_COUNTER_PACKETS, eight bytes each.
  EXPECT_EQ(key, key_with("\x0c\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00"sv,
                          "\x0c\x00\x01\x00\x00\x00\x00\x00\x00\x00\x01\x00"sv));
  EXPECT_NE(key, key_with("\xff\xff\xff\xfb"sv, "\x00\x00\x00\x01"sv));  // NFT_RETURN, NF_ACCEPT
  // NFTA_RULE_USERDATA behind the rest.
  EXPECT_NE(key, reader.read(rule + "\x08\x00\x07\x00\x00\x02x\x00"s, true).equality_key);
}

TEST(RuleReader, GivesAnEqualityKeyToEveryRuleOfItsOwn) {
  for (const char* writer : kWriters) {
    RuleReader reader{NFPROTO_IPV4};
    std::set<std::uint64_t> keys;
    const auto rules = captured_rules(writer);
    for (const auto& [text, message] : rules) {
      const std::uint64_t key = reader.read(message, true).equality_key;
      keys.insert(key);
      RuleReader fresh{NFPROTO_IPV4};  // does not depend on what was read before
      EXPECT_EQ(fresh.read(message, true).equality_key, key) << writer << ": " << text;
    }
    EXPECT_EQ(keys.size(), rules.size()) << writer;
  }
}

/// A rule with one expression of that name and no data.
std::string rule_of(const std::string& name) {
  const auto attribute = [](char type, const std::string& payload) {
    const std::size_t length = payload.size() + 4;
    return std::string{static_cast<char>(length & 0xffU), static_cast<char>(length >> 8U), type,
                       '\0'} +
           payload + std::string((4 - payload.size() % 4) % 4, '\0');
  };
  return attribute(4, attribute(1, attribute(1, name)));
}

TEST(RuleReader, KeepsABoundedNumberOfKindsAndBytes) {
  RuleReader reader{NFPROTO_IPV4};
  for (int i = 0; i < 1000; ++i) {
    expect_like_decoder(reader, rule_of("x" + std::to_string(i)), "small");
    EXPECT_LE(reader.kinds(), RuleReader::kMaxKinds);
  }
  for (char i = 0; i < 50; ++i) {
    expect_like_decoder(reader, rule_of(std::string(30000, 'a') + i), "large");
    EXPECT_LE(reader.kinds(), RuleReader::kMaxKinds);
  }
  EXPECT_LE(reader.kinds(), RuleReader::kMaxBytes / 30000);
}

// What makes a node with 100,000 rules quick to audit.
TEST(RuleReader, AllocatesNothingForRulesOfKnownKinds) {
  const auto rules = captured_rules("iptables-1.8.9");
  RuleReader reader{NFPROTO_IPV4};
  RuleDistiller distiller;
  RepeatedRules repeated;
  std::size_t bytes_left = kMaxExemplars;
  const auto read_all = [&] {
    for (const auto& [text, message] : rules) {
      const ReadRule rule = reader.read(message, true);
      distiller.add({.shape = shape_key(rule.expressions_key, false, 0),
                     .expressions = rule.facts.expressions},
                    bytes_left);
      repeated.add(rule.equality_key, [] { return RepeatedRule{}; });
    }
  };
  const auto allocated_by = [](const auto& work) {
    const std::size_t before = allocations;
    work();
    return allocations - before;
  };
  EXPECT_GT(allocated_by(read_all), rules.size());  // it is counted
  repeated.end_chain("a");
  EXPECT_EQ(allocated_by(read_all), 0U);
}

}  // namespace
}  // namespace iptmode::kernel
