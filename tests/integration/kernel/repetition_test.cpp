// SPDX-License-Identifier: GPL-2.0-or-later
// Rules that pile up, hostPorts and sets of a newer nft, as real programs leave them.
#include <gmock/gmock.h>

#include "fresh_network.h"

namespace iptmode::kernel {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string piles_of(const std::vector<RepeatedRule>& repeated) {
  std::string text;
  for (const RepeatedRule& rule : repeated)
    text += rule.chain + " " + to_string(rule.owners) + " " + std::to_string(rule.copies) + " " +
            rule.rule + "\n";
  return text;
}

/// Five copies of one rule between others, three copies of two rules in turn, and neighbours that
/// differ in one byte.
constexpr const char* kPiles = R"(*filter
:INPUT ACCEPT [0:0]
:KUBE-ROUTER-INPUT - [0:0]
:SOMEBODY - [0:0]
-A INPUT -j KUBE-ROUTER-INPUT
-A INPUT -i lo -j ACCEPT
-A INPUT -j KUBE-ROUTER-INPUT
-A INPUT -j KUBE-ROUTER-INPUT
-A INPUT -p tcp --dport 22 -j ACCEPT
-A INPUT -j KUBE-ROUTER-INPUT
[7:420] -A INPUT -j KUBE-ROUTER-INPUT
-A KUBE-ROUTER-INPUT -m mark --mark 0x1/0x1 -j ACCEPT
-A KUBE-ROUTER-INPUT -m comment --comment b -j RETURN
-A KUBE-ROUTER-INPUT -m mark --mark 0x1/0x1 -j ACCEPT
-A KUBE-ROUTER-INPUT -m comment --comment b -j RETURN
-A KUBE-ROUTER-INPUT -m mark --mark 0x1/0x1 -j ACCEPT
-A KUBE-ROUTER-INPUT -m comment --comment b -j RETURN
-A SOMEBODY -s 10.0.0.1/32
-A SOMEBODY -s 10.0.0.1/32
-A SOMEBODY -s 10.0.0.2/32
-A SOMEBODY -d 10.0.0.1/32
COMMIT
)";
constexpr const char* kPilesFound =
    "INPUT kube-router 5 -j KUBE-ROUTER-INPUT\n"
    "KUBE-ROUTER-INPUT kube-router 3 -m mark --mark 0x1/0x1 -j ACCEPT\n"
    "KUBE-ROUTER-INPUT kube-router 3 -m comment --comment \"b\" -j RETURN\n";

TEST(ReadNetwork, CountsEqualRulesOfOneChainInNft) {
  in_fresh_network([] {
    feed("iptables-nft-restore --counters", kPiles);
    const NetworkReading reading = read_own();
    EXPECT_EQ(piles_of(nft_table(reading, "ip", "filter").repeated), kPilesFound);
  });
}

TEST(ReadNetwork, CountsEqualRulesOfOneChainInLegacyTables) {
  in_fresh_network([] {
    feed("iptables-legacy-restore --counters", kPiles);
    const NetworkReading reading = read_own();
    EXPECT_EQ(piles_of(legacy_table(reading, IpFamily::ipv4, "filter").repeated), kPilesFound);
  });
}

TEST(ReadNetwork, CountsRulesWithoutATargetInLegacyTables) {
  in_fresh_network([] {
    for (int i = 0; i < 3; ++i) shell("ip6tables-legacy -A INPUT -s fd00::1");
    const NetworkReading reading = read_own();
    EXPECT_EQ(piles_of(legacy_table(reading, IpFamily::ipv6, "filter").repeated),
              "INPUT other 3 -s fd00::1/128\n");
  });
}

TEST(ReadNetwork, FindsTheChainsOfHostPorts) {
  constexpr const char* kHostPorts = R"(*nat
:CNI-HOSTPORT-DNAT - [0:0]
:CNI-DN-0123456789abcdef01234 - [0:0]
:CNI-DN-emptied0000000000000a - [0:0]
-A CNI-HOSTPORT-DNAT -p tcp -m multiport --dports 8080 -j CNI-DN-0123456789abcdef01234
-A CNI-DN-0123456789abcdef01234 -p tcp --dport 8080 -j DNAT --to-destination 10.244.0.7:80
COMMIT
)";
  in_fresh_network([&] {
    feed("iptables-nft-restore", kHostPorts);
    feed("iptables-legacy-restore", kHostPorts);
    feed("nft -f -",
         "table ip cni_hostport { chain hostports {\n"
         "tcp dport 80 dnat to 10.244.0.7 comment \"c0ffee\"\n"
         "udp dport 80 dnat to 10.244.0.7 comment \"c0ffee\"\n}\n}\n");
    const NetworkReading reading = read_own();
    const auto chain = ElementsAre("CNI-DN-0123456789abcdef01234");
    EXPECT_THAT(nft_table(reading, "ip", "nat").host_ports, chain);
    EXPECT_THAT(legacy_table(reading, IpFamily::ipv4, "nat").host_ports, chain);
    EXPECT_THAT(nft_table(reading, "ip", "cni_hostport").host_ports, ElementsAre("c0ffee"));
  });
}

TEST(ReadNetwork, FindsNoDescribedSetOfAnOlderNft) {
  if (shell("nft --version").find("v1.0.") == std::string::npos)
    GTEST_SKIP() << "needs an nft before 1.1.2";
  in_fresh_network([] {
    feed("nft -f -",
         "table ip t { set plain { type ipv4_addr; comment \"x\"; }\n"
         "map verdicts { type inet_service : verdict; }\n"
         "set of { typeof ip saddr . tcp dport; }\n}\n");
    EXPECT_EQ(nft_table(read_own(), "ip", "t").described_sets, 0U);
  });
}

}  // namespace
}  // namespace iptmode::kernel
