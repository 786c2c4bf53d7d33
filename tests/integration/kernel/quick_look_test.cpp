// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/quick_look.h"

#include <gtest/gtest.h>
#include <linux/netfilter.h>

#include <string>

#include "captured_rules.h"
#include "iptmode/address.h"
#include "kernel/nft_rule.h"
#include "kernel/rule_decoder.h"

namespace iptmode::kernel {
namespace {

constexpr const char* kWriters[] = {"iptables-1.8.7", "iptables-1.8.9", "iptables-1.8.13",
                                    "nft-1.0.6"};

Packet packet_to(std::string_view address, std::uint8_t protocol, const std::string& port) {
  const std::string bytes = parse_address(address).value_or("");
  Packet packet{.protocol = protocol, .destination = {{.low = bytes, .high = bytes}}};
  if (!port.empty()) packet.destination_port = {{.low = port, .high = port}};
  return packet;
}

const std::string kHttps{"\x01\xbb", 2};
const std::string kDns{"\x00\x35", 2};
const std::string kKubelet{"\x28\x0a", 2};

bool leaves_alone(const std::string& message, const std::vector<const Packet*>& packets) {
  return is_for_another_destination(decode_rule(message, NFPROTO_IPV4).expressions, NFPROTO_IPV4,
                                    packets);
}

TEST(QuickLook, SeesAnotherAddressOrPortInTheRulesOfEveryRelease) {
  const Packet inside = packet_to("10.244.9.9", 6, kKubelet);
  const Packet outside = packet_to("192.0.2.1", 6, kKubelet);
  const Packet https = packet_to("192.0.2.1", 6, kHttps);
  for (const char* writer : {"iptables-1.8.7", "iptables-1.8.9", "iptables-1.8.13"}) {
    SCOPED_TRACE(writer);
    const auto rules = captured_rules(writer);
    const std::string& drop = rules.at("-d 10.244.0.0/16 -j DROP");
    EXPECT_TRUE(leaves_alone(drop, {&outside, &https}));
    EXPECT_FALSE(leaves_alone(drop, {&outside, &inside}));
    const std::string& accept = rules.at("-p tcp -m tcp --dport 443 -j ACCEPT");
    EXPECT_TRUE(leaves_alone(accept, {&outside, &inside}));
    EXPECT_FALSE(leaves_alone(accept, {&outside, &https}));
  }
}

TEST(QuickLook, NeedsOnePacketThatHasBoth) {
  const Packet other_port = packet_to("10.244.9.9", 6, kKubelet);
  const Packet other_address = packet_to("192.0.2.1", 6, kHttps);
  const Packet both = packet_to("10.244.9.9", 6, kHttps);
  for (const char* writer : {"iptables-1.8.7", "iptables-1.8.9"}) {
    const auto rules = captured_rules(writer);
    const auto expressions = [&](const char* text) {
      return std::string{decode_rule(rules.at(text), NFPROTO_IPV4).expressions};
    };
    // One list of expressions: the conditions of two rules.
    const std::string rule = expressions("-d 10.244.0.0/16 -j DROP") +
                             expressions("-p tcp -m tcp --dport 443 -j ACCEPT");
    const auto leaves = [&](const std::vector<const Packet*>& packets) {
      return is_for_another_destination(rule, NFPROTO_IPV4, packets);
    };
    EXPECT_TRUE(leaves({&other_port, &other_address})) << writer;
    EXPECT_FALSE(leaves({&other_port, &both})) << writer;
  }
}

TEST(QuickLook, SaysNothingOfAPacketWithoutPorts) {
  const Packet ping = packet_to("192.0.2.1", 1, "");
  for (const char* writer : kWriters)
    for (const auto& [text, message] : captured_rules(writer)) {
      if (text.find("-d ") == std::string::npos && text.find("daddr") == std::string::npos) {
        EXPECT_FALSE(leaves_alone(message, {&ping})) << writer << ": " << text;
      }
    }
}

// It may miss a rule that leaves the packet alone, never the other way round.
TEST(QuickLook, NeverContradictsTheDecoder) {
  std::size_t seen = 0;
  for (const char* writer : kWriters)
    for (const auto& [text, message] : captured_rules(writer))
      for (const char* address : {"10.244.9.9", "10.1.2.3", "192.0.2.1"})
        for (const std::string& port : {kHttps, kDns, kKubelet})
          for (const std::uint8_t protocol : {std::uint8_t{6}, std::uint8_t{17}}) {
            const Packet packet = packet_to(address, protocol, port);
            if (!leaves_alone(message, {&packet})) continue;
            ++seen;
            const RuleFacts facts = decode_rule(message, NFPROTO_IPV4);
            EXPECT_FALSE(can_match(
                decode_rule_conditions(facts.expressions, facts.user_data, NFPROTO_IPV4), packet))
                << writer << ": " << text;
          }
  EXPECT_GT(seen, 20U);
}

}  // namespace
}  // namespace iptmode::kernel
