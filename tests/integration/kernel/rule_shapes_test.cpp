// SPDX-License-Identifier: GPL-2.0-or-later
// What is kept of the rules that real programs wrote into a network namespace of their own.
#include <gmock/gmock.h>

#include <algorithm>

#include "fresh_network.h"

namespace iptmode::kernel {
namespace {

std::string services(int count) {
  std::string text = "*nat\n:KUBE-SERVICES - [0:0]\n";
  for (int i = 0; i < count; ++i) {
    const std::string number = std::to_string(1000 + i);
    text += ":KUBE-SVC-AAAAAAAAAAAA" + number + " - [0:0]\n";
  }
  for (int i = 0; i < count; ++i) {
    const std::string number = std::to_string(1000 + i);
    text += "-A KUBE-SERVICES -d 10.96." + std::to_string(i / 200) + "." + std::to_string(i % 200) +
            "/32 -p tcp -m comment --comment \"ns/svc" + number + " cluster IP\" -m tcp --dport " +
            number + " -j KUBE-SVC-AAAAAAAAAAAA" + number + "\n";
  }
  return text + "COMMIT\n";
}

std::uint64_t rules_of(const std::vector<RuleShape>& shapes) {
  std::uint64_t sum = 0;
  for (const RuleShape& shape : shapes) sum += shape.rules;
  return sum;
}

TEST(RuleShapes, ManyServicesHaveOne) {
  in_fresh_network([] {
    feed("iptables-nft-restore", services(300));
    const NetworkReading reading = read_own();
    const NftTable& nat = nft_table(reading, "ip", "nat");
    ASSERT_EQ(nat.shapes.size(), 1U);
    EXPECT_EQ(nat.shapes.at(0).rules, 300U);
    EXPECT_EQ(nat.shapes.at(0).chain, "KUBE-SERVICES");
    EXPECT_EQ(nat.shapes.at(0).owners, Owner::kube_proxy);
    EXPECT_FALSE(nat.shapes.at(0).base_chain);
    EXPECT_FALSE(nat.shapes.at(0).native);
    EXPECT_EQ(nat.unshaped_rules, 0U);
  });
}

TEST(RuleShapes, EveryRuleHasOneInBothFamilies) {
  in_fresh_network([] {
    feed("iptables-nft-restore",
         "*filter\n:INPUT DROP [0:0]\n-A INPUT -i lo -j ACCEPT\n"
         "-A INPUT -i eth0 -j ACCEPT\n-A INPUT -i cali+ -j ACCEPT\n"
         "-A INPUT -s 10.0.0.0/8 -j DROP\nCOMMIT\n");
    feed("ip6tables-nft-restore", "*filter\n-A INPUT -s fd00::/64 -j DROP\nCOMMIT\n");
    const NetworkReading reading = read_own();
    const NftTable& v4 = nft_table(reading, "ip", "filter");
    EXPECT_EQ(v4.shapes.size(), 3U);  // a whole name and the beginning of one are two shapes
    EXPECT_EQ(rules_of(v4.shapes), 4U);
    EXPECT_TRUE(v4.shapes.at(0).base_chain);
    EXPECT_EQ(nft_table(reading, "ip6", "filter").shapes.size(), 1U);
  });
}

TEST(RuleShapes, NativeTablesAndOtherFamiliesHaveNone) {
  in_fresh_network([] {
    feed("nft -f -",
         "table inet x { chain c { type filter hook input priority 0; accept; }; }\n"
         "table ip own { chain c { tcp dport 80 accept; }; }\n");
    const NetworkReading reading = read_own();
    EXPECT_TRUE(nft_table(reading, "inet", "x").shapes.empty());
    EXPECT_TRUE(nft_table(reading, "ip", "own").shapes.empty());
  });
}

TEST(RuleShapes, NativeRulesAreMarkedAndKeepTheirSets) {
  in_fresh_network([] {
    feed("iptables-nft-restore", "*filter\n-A INPUT -j ACCEPT\nCOMMIT\n");
    feed("nft -f -",
         "table ip filter { set s { type ipv4_addr; flags interval; };\n"
         "  chain INPUT { tcp dport { 80, 443 } accept; ip saddr @s drop; }; }\n");
    const NetworkReading reading = read_own();
    const NftTable& filter = nft_table(reading, "ip", "filter");
    ASSERT_EQ(filter.shapes.size(), 3U);
    EXPECT_FALSE(filter.shapes.at(0).native);
    for (const std::size_t native : {1U, 2U}) {
      EXPECT_TRUE(filter.shapes.at(native).native);
      EXPECT_EQ(filter.shapes.at(native).sets.size(), 1U);
    }
    EXPECT_NE(filter.shapes.at(2).sets.at(0).find("s\0"), std::string::npos);
    EXPECT_EQ(rules_of(filter.shapes), 3U);
  });
}

}  // namespace
}  // namespace iptmode::kernel
