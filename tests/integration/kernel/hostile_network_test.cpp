// SPDX-License-Identifier: GPL-2.0-or-later
// Names that others chose, and others who write while we read.
#include <gmock/gmock.h>
#include <signal.h>

#include <chrono>

#include "fresh_network.h"
#include "kernel/libnftables_child.h"
#include "rule_sets.h"
#include "sys/child_process.h"

namespace iptmode::kernel {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;
using Outcome = Libnftables::Outcome;

// A path, a clear-screen sequence, a quote, what nft prints before a chain, one that looks like
// kube-proxy's, printf's.
constexpr const char* kHostileNames =
    R"sh('../../etc/x' "$(printf '\033[2Jx')" '"};x' '{"chain":' 'KUBE-SVC-../x' '%s%n')sh";

TEST(ReadNetwork, CountsChainsWithHostileNames) {
  in_fresh_network([] {
    for (const std::string program : {"iptables-nft", "iptables-legacy"})
      shell("set -e; for name in " + std::string{kHostileNames} + "; do " + program +
            R"sh( -N "$name"; )sh" + program + R"sh( -A INPUT -j "$name"; )sh" + program +
            R"sh( -A "$name" -j ACCEPT; done)sh");
    const NetworkReading reading = read_own();
    EXPECT_THAT(reading.gaps, IsEmpty());
    EXPECT_EQ(nft_table(reading, "ip", "filter").rules, 12U);
    EXPECT_EQ(legacy_table(reading, IpFamily::ipv4, "filter").rules, 12U);
    EXPECT_EQ(legacy_table(reading, IpFamily::ipv4, "filter").chains, 3U + 6U);
    EXPECT_EQ(reading.state.libnftables.outcome, Outcome::agrees);
  });
}

TEST(ReadNetwork, CountsAChainWhoseNameIsNotUtf8) {
  in_fresh_network([] {
    shell(R"sh(iptables-nft -N "$(printf 'a\377\376b')")sh");
    const NetworkReading reading = read_own();
    EXPECT_THAT(reading.gaps, IsEmpty());
    EXPECT_EQ(nft_table(reading, "ip", "filter").chains, 1U);
    EXPECT_NE(reading.state.libnftables.outcome, Outcome::timed_out);
  });
}

TEST(ReadNetwork, ReadsTheLongestNames) {
  in_fresh_network([] {
    const std::string name(255, 'k');
    shell("nft add table ip " + name + "; nft add chain ip " + name + " " + name);
    shell("nft add rule ip " + name + " " + name + " accept");
    const NetworkReading reading = read_own();
    EXPECT_EQ(nft_table(reading, "ip", name).rules, 1U);
  });
}

/// Commits one of two rule sets again and again: one with five rules and one with six.
int commit_forever() {
  for (;;) {
    feed("nft -f - 2>/dev/null",
         "table ip t { chain c { accept; }; }\nflush table ip t\n"
         "table ip t { chain c { accept; accept; accept; accept; accept; }; }\n");
    feed("nft -f - 2>/dev/null", "table ip t { chain c { accept; }; }\n");
  }
}

TEST(ReadNetwork, GivesARightAnswerOrAGapWhileOthersCommit) {
  in_fresh_network([] {
    feed("iptables-nft-restore", kNodeRules);
    shell("nft add table ip t; nft add chain ip t c");
    auto committer = sys::ChildProcess::start(commit_forever);
    ASSERT_TRUE(committer);
    int read = 0;
    for (int round = 0; round < 40; ++round) {
      const NetworkReading reading = read_own();
      if (!reading.state.nft) {
        ASSERT_EQ(reading.gaps.size(), 1U);
        EXPECT_EQ(reading.gaps.front().hides, Fact::nft_rules);
        EXPECT_THAT(reading.gaps.front().reason, testing::HasSubstr("changed by others"));
        continue;
      }
      ++read;
      EXPECT_EQ(nft_table(reading, "ip", "filter").rules, 14U);
      EXPECT_TRUE(reading.state.generation);
      EXPECT_NE(reading.state.libnftables.outcome, Outcome::differs);
    }
    EXPECT_GT(read, 0) << "not one attempt came between two commits";
    EXPECT_TRUE(committer->end(1s));
  });
}

TEST(ReadNetwork, ReadsLegacyTablesWhileOthersReplaceThem) {
  in_fresh_network([] {
    feed("iptables-legacy-restore", kNodeRules);
    auto committer = sys::ChildProcess::start([]() -> int {
      for (;;) shell("iptables-legacy -A INPUT -j ACCEPT; iptables-legacy -D INPUT -j ACCEPT");
    });
    ASSERT_TRUE(committer);
    for (int round = 0; round < 40; ++round) {
      const NetworkReading reading = read_own();
      EXPECT_THAT(reading.gaps, IsEmpty());
      const std::uint64_t rules = legacy_table(reading, IpFamily::ipv4, "filter").rules;
      EXPECT_TRUE(rules == 14U || rules == 15U) << rules;
    }
    EXPECT_TRUE(committer->end(1s));
  });
}

TEST(ReadNetwork, DoesNotAskLibnftablesAboutManyChains) {
  in_fresh_network([] {
    shell("nft add table ip t; nft add chain ip t a; nft add chain ip t b");
    const auto limited = [](std::size_t limit) {
      return read_own(kBoth,
                      [&](NetworkRequest& request) { request.libnftables_chain_limit = limit; })
          .state.libnftables;
    };
    EXPECT_EQ(limited(1), (Libnftables{Outcome::not_asked, "2 chains, limit 1"}));
    EXPECT_EQ(limited(2).outcome, Outcome::agrees);
  });
}

TEST(ReadNetwork, CallsItsCallerBackBetweenRequests) {
  in_fresh_network([] {
    std::string rules = "*filter\n";
    for (int chain = 0; chain < 1000; ++chain) rules += ":X" + std::to_string(chain) + " - [0:0]\n";
    for (int chain = 0; chain < 1000; ++chain)
      rules += "-A X" + std::to_string(chain) + " -j DROP\n";
    feed("iptables-nft-restore", rules + "COMMIT\n");
    int calls = 0;
    const auto reading =
        read_own(kBoth, [&](NetworkRequest& request) { request.idle = [&] { ++calls; }; });
    EXPECT_GE(calls, 3);
    EXPECT_EQ(nft_table(reading, "ip", "filter").rules, 1000U);
  });
}

}  // namespace
}  // namespace iptmode::kernel
