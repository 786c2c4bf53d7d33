// SPDX-License-Identifier: GPL-2.0-or-later
// Both backends hold the same rules here: what is counted must be what iptables-save prints.
#include <gmock/gmock.h>

#include "fresh_network.h"
#include "rule_sets.h"

namespace iptmode::kernel {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const OwnerSet kKubelet = Owner::kubelet;
const OwnerSet kProxy = Owner::kube_proxy;
const OwnerSet kShared = kKubelet | kProxy;
const OwnerSet kRouter = Owner::kube_router;
const OwnerSet kFelix = Owner::felix;

struct Count {
  OwnerSet owners;
  std::uint64_t chains;
  std::uint64_t rules;
  std::uint64_t translations;
  bool operator==(const Count&) const = default;
};

std::vector<Count> counts_of(const std::vector<OwnerUse>& uses) {
  std::vector<Count> counts;
  for (const OwnerUse& use : uses)
    counts.push_back({use.owners, use.chains, use.rules, use.translations});
  return counts;
}

void expect_owners_of_filter(const std::vector<OwnerUse>& owners) {
  EXPECT_THAT(counts_of(owners),
              ElementsAre(Count{kProxy, 1, 3, 0}, Count{kShared, 1, 2, 0}, Count{kRouter, 2, 3, 0},
                          // two rules of FORWARD, one of SOMEBODY that jumps to it, its own one
                          Count{kFelix, 1, 4, 0}, Count{{}, 1, 2, 0}));
}

void expect_owners_of_nat(const std::vector<OwnerUse>& owners) {
  EXPECT_THAT(counts_of(owners), ElementsAre(Count{kProxy, 3, 6, 1}, Count{kShared, 2, 4, 1},
                                             Count{Owner::flannel, 0, 1, 1}, Count{{}, 0, 1, 1}));
}

void expect_policies(const std::vector<BaseChain>& chains) {
  std::vector<std::string> seen;
  for (const BaseChain& chain : chains)
    seen.push_back(chain.name + " " + chain.hook + " " + std::to_string(chain.priority) + " " +
                   chain.policy + " " + std::to_string(chain.rules));
  EXPECT_THAT(seen,
              testing::UnorderedElementsAre("INPUT input 0 accept 1", "FORWARD forward 0 drop 5",
                                            "OUTPUT output 0 accept 0"));
}

/// Lines of `iptables-save -t <table>`: rules, and user chains (their policy is "-").
struct Saved {
  std::uint64_t rules = 0;
  std::uint64_t chains = 0;
};
Saved saved(const std::string& command) {
  const std::string text = shell(command);
  return {.rules = lines_with(text, "-A "), .chains = lines_with(text, ":")};
}

TEST(ReadNetwork, CountsLegacyTablesAsTheirSaveDoes) {
  in_fresh_network([] {
    feed("iptables-legacy-restore", kNodeRules);
    feed("ip6tables-legacy-restore", kNodeRules6);
    const NetworkReading reading = read_own();
    EXPECT_THAT(reading.gaps, IsEmpty());
    ASSERT_TRUE(reading.state.legacy);
    EXPECT_EQ(reading.state.legacy->size(), 5U);
    for (const LegacyTable& table : *reading.state.legacy) {
      SCOPED_TRACE(table.name);
      const std::string program = table.family == IpFamily::ipv4 ? "iptables" : "ip6tables";
      const Saved want = saved(program + "-legacy-save -t " + table.name);
      EXPECT_EQ(table.rules, want.rules);
      EXPECT_EQ(table.chains, want.chains);
    }
    expect_owners_of_filter(legacy_table(reading, IpFamily::ipv4, "filter").owners);
    expect_owners_of_nat(legacy_table(reading, IpFamily::ipv4, "nat").owners);
    expect_policies(legacy_table(reading, IpFamily::ipv4, "filter").base_chains);
    EXPECT_THAT(reading.state.nft, testing::Optional(IsEmpty()));
  });
}

TEST(ReadNetwork, CountsNftTablesAsTheirSaveDoes) {
  in_fresh_network([] {
    feed("iptables-nft-restore", kNodeRules);
    feed("ip6tables-nft-restore", kNodeRules6);
    const NetworkReading reading = read_own();
    EXPECT_THAT(reading.gaps, IsEmpty());
    ASSERT_TRUE(reading.state.nft);
    EXPECT_EQ(reading.state.nft->size(), 5U);
    for (const NftTable& table : *reading.state.nft) {
      SCOPED_TRACE(table.family + " " + table.name);
      const std::string program = table.family == "ip" ? "iptables" : "ip6tables";
      const std::string text = shell(program + "-nft-save -t " + table.name);
      EXPECT_EQ(table.rules, lines_with(text, "-A "));
      EXPECT_EQ(table.chains - table.base_chains.size(), [&] {
        std::uint64_t user = 0;
        for (const OwnerUse& use : table.owners) user += use.chains;
        return user;
      }());
      EXPECT_TRUE(table.compat);
    }
    expect_owners_of_filter(nft_table(reading, "ip", "filter").owners);
    expect_owners_of_nat(nft_table(reading, "ip", "nat").owners);
    expect_policies(nft_table(reading, "ip", "filter").base_chains);
    EXPECT_THAT(reading.state.legacy, testing::Optional(IsEmpty()));
    EXPECT_EQ(reading.state.libnftables.outcome, Libnftables::Outcome::agrees)
        << reading.state.libnftables.detail;
  });
}

TEST(ReadNetwork, NamesThePatternsThatGaveAnOwnerAway) {
  in_fresh_network([] {
    feed("iptables-nft-restore", kNodeRules);
    const NetworkReading reading = read_own();
    for (const OwnerUse& use : nft_table(reading, "ip", "nat").owners) {
      if (use.owners == kProxy) {
        EXPECT_THAT(use.patterns, ElementsAre("KUBE-SEP-*", "KUBE-SERVICES", "KUBE-SVC-*"));
      }
      if (use.owners.empty()) {
        EXPECT_THAT(use.patterns, IsEmpty());
      }
    }
  });
}

TEST(ReadNetwork, FindsHintsByFamilyAndBackend) {
  in_fresh_network([] {
    feed("iptables-nft-restore", kNodeRules);
    feed("ip6tables-legacy-restore", kNodeRules6);
    const auto hints = read_own().state.hints;
    const HintChains both{.ipt_hint = true, .canary = true};
    EXPECT_EQ(hints.at(Backend::nf_tables), (std::array<HintChains, 2>{both, HintChains{}}));
    EXPECT_EQ(hints.at(Backend::legacy),
              (std::array<HintChains, 2>{HintChains{}, HintChains{.canary = true}}));
  });
}

TEST(ReadNetwork, TakesAHintOutsideMangleForNone) {
  in_fresh_network([] {
    shell("iptables-nft -t nat -N KUBE-IPTABLES-HINT");
    shell("iptables-legacy -t nat -N KUBE-IPTABLES-HINT");
    const auto hints = read_own().state.hints;
    EXPECT_FALSE(hints.at(Backend::nf_tables)[0].any());
    EXPECT_FALSE(hints.at(Backend::legacy)[0].any());
  });
}

TEST(ReadNetwork, CountsTheEncodingsOfItsWriter) {
  in_fresh_network([] {
    feed("iptables-nft-restore", kNodeRules);
    const NetworkReading reading = read_own();
    // Prefixes: /8 twice in one rule and a /16; marks in two rules; ports 22 and a range.
    EXPECT_EQ(
        nft_table(reading, "ip", "filter").encodings,
        (Encodings{.short_prefix = 3, .native_mark = 2, .native_port = 2, .native_range = 1}));
  });
}

TEST(ReadNetwork, ReadsNativeTables) {
  in_fresh_network([] {
    feed("nft -f -", R"(
table ip kube-proxy {
  chain services { counter; ip daddr 10.96.0.1 tcp dport 443 goto endpoint; }
  chain endpoint { meta l4proto tcp dnat to 192.168.1.2:6443; }
  chain nat-prerouting { type nat hook prerouting priority dstnat; jump services; }
}
table inet somebody {
  chain in { type filter hook input priority -5; policy drop; ct state new drop; }
}
table netdev dev {
  chain ing { type filter hook ingress device lo priority 7; }
}
)");
    const NetworkReading reading = read_own();
    EXPECT_THAT(reading.gaps, IsEmpty());
    const NftTable& proxy = nft_table(reading, "ip", "kube-proxy");
    EXPECT_FALSE(proxy.compat);
    EXPECT_EQ(proxy.table_owner, kProxy);
    EXPECT_THAT(counts_of(proxy.owners), ElementsAre(Count{kProxy, 3, 4, 1}));
    EXPECT_EQ(proxy.encodings, Encodings{});
    const NftTable& other = nft_table(reading, "inet", "somebody");
    EXPECT_THAT(other.base_chains, ElementsAre(BaseChain{.name = "in",
                                                         .type = "filter",
                                                         .hook = "input",
                                                         .priority = -5,
                                                         .policy = "drop",
                                                         .rules = 1}));
    EXPECT_EQ(other.table_owner, OwnerSet{});
    EXPECT_EQ(nft_table(reading, "netdev", "dev").base_chains.at(0).hook, "ingress");
    EXPECT_EQ(reading.state.libnftables.outcome, Libnftables::Outcome::agrees)
        << reading.state.libnftables.detail;
  });
}

TEST(ReadNetwork, ReadsAChainThatBelongsToARule) {
  in_fresh_network([] {
    shell("nft add table ip t; nft 'add chain ip t c'; nft 'add rule ip t c jump { accept; }'");
    const NetworkReading reading = read_own();
    const NftTable& table = nft_table(reading, "ip", "t");
    EXPECT_EQ(table.chains, 2U);
    EXPECT_EQ(table.rules, 2U);
    EXPECT_EQ(reading.state.libnftables.outcome, Libnftables::Outcome::agrees)
        << reading.state.libnftables.detail;
  });
}

TEST(ReadNetwork, AttributesByAnOldWritersUserData) {
  in_fresh_network([] {
    shell("iptables-nft -t nat -N X; nft 'add rule ip nat X accept comment \"flanneld masq\"'");
    const NetworkReading reading = read_own();
    EXPECT_THAT(counts_of(nft_table(reading, "ip", "nat").owners),
                ElementsAre(Count{Owner::flannel, 0, 1, 0}, Count{{}, 1, 0, 0}));
  });
}

// 300 chains of 20 rules do not fit into one message of the kernel.
TEST(ReadNetwork, CountsChainsAndRulesOverManyMessages) {
  in_fresh_network([] {
    std::string rules = "*filter\n";
    for (int chain = 0; chain < 300; ++chain)
      rules += ":cali-pi-" + std::to_string(chain) + " - [0:0]\n";
    for (int chain = 0; chain < 300; ++chain)
      for (int rule = 0; rule < 20; ++rule)
        rules += "-A cali-pi-" + std::to_string(chain) + " -m comment --comment \"" +
                 std::string(200, 'x') + "\" -j ACCEPT\n";
    feed("iptables-nft-restore", rules + "COMMIT\n");
    const NetworkReading reading = read_own();
    EXPECT_EQ(nft_table(reading, "ip", "filter").rules, 6000U);
    EXPECT_THAT(counts_of(nft_table(reading, "ip", "filter").owners),
                ElementsAre(Count{kFelix, 300, 6000, 0}));
  });
}

}  // namespace
}  // namespace iptmode::kernel
