// SPDX-License-Identifier: GPL-2.0-or-later
// What real releases make of real rules, and how it is pinned down.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sched.h>
#include <unistd.h>

#include "cross_reading/cross_reader.h"
#include "fresh_network.h"
#include "probe_fixture.h"
#include "with_releases.h"

namespace iptmode::cross_reading::test {
namespace {

using kernel::in_fresh_network;
using kernel::NetworkReading;
using testing::HasSubstr;
using testing::Not;
using Outcome = SaveRun::Outcome;

constexpr const char* kRules =
    "*filter\n:KUBE-FIREWALL - [0:0]\n"
    "-A KUBE-FIREWALL -m mark --mark 0x8000/0x8000 -j DROP\n"
    "-A KUBE-FIREWALL -p tcp -m tcp --dport 30000:32767 -j ACCEPT\n"
    "-A KUBE-FIREWALL -s 10.0.0.0/8 -j ACCEPT\nCOMMIT\n";

class Readers : public WithReleases {
 protected:
  [[nodiscard]] const Release& release(Version version) const {
    return *std::ranges::find(releases_, version, &Release::version);
  }
  [[nodiscard]] CrossReading read(const NetworkReading& network,
                                  const std::vector<Version>& versions,
                                  const CrossReader::Options& options = {}) const {
    std::vector<Candidate> candidates;
    for (const Version version : versions) candidates.push_back(candidate(release(version)));
    return CrossReader::start(*network.state.nft, std::move(candidates), options).finish();
  }
};

const FamilyReading& only_family(const ReaderReadings& readings) {
  EXPECT_EQ(readings.families.size(), 1U);
  return readings.families.front();
}

TEST_F(Readers, AnOldOneIsBlindedByTheRangeAndLosesTheMark) {
  in_fresh_network([&] {
    kernel::feed(command(release({1, 8, 13}), "iptables-restore"), kRules);
    const CrossReading reading = read(kernel::read_own(), {{1, 8, 7}, {1, 8, 9}});
    ASSERT_EQ(reading.readers.size(), 2U);
    const FamilyReading& old = only_family(reading.readers.at(0));
    EXPECT_EQ(old.whole.outcome, Outcome::incomplete);
    EXPECT_THAT(old.whole.detail, HasSubstr("is incompatible"));
    ASSERT_EQ(old.alone.size(), 3U);
    EXPECT_EQ(old.alone.at(0).run.outcome, Outcome::printed);
    EXPECT_EQ(old.alone.at(0).run.text, "*filter\n:s0 - [0:0]\n-A s0 -j DROP\nCOMMIT\n");
    EXPECT_EQ(old.alone.at(1).run.outcome, Outcome::incomplete);
    EXPECT_EQ(old.alone.at(1).shape, 1U);
    EXPECT_THAT(old.alone.at(2).run.text, HasSubstr("-A s2 -s 10.0.0.0/8 -j ACCEPT\n"));

    const FamilyReading& newer = only_family(reading.readers.at(1));
    EXPECT_EQ(newer.whole.outcome, Outcome::printed) << newer.whole.detail;
    EXPECT_TRUE(newer.alone.empty());
    EXPECT_THAT(newer.whole.text, HasSubstr("-A s0 -m mark --mark 0x8000/0x8000 -j DROP\n"));
    EXPECT_THAT(newer.whole.text, HasSubstr("--dport 30000:32767"));
  });
}

TEST_F(Readers, ANativeRuleEndsANewOneAndIsFound) {
  in_fresh_network([&] {
    kernel::feed(command(release({1, 8, 9}), "iptables-restore"), kRules);
    kernel::feed("nft -f -", "table ip filter { chain KUBE-FIREWALL { meta skuid 7 drop; }; }\n");
    const CrossReading reading = read(kernel::read_own(), {{1, 8, 9}, {1, 8, 13}});
    for (const ReaderReadings& readings : reading.readers) {
      SCOPED_TRACE(readings.reader.label);
      const FamilyReading& family = only_family(readings);
      EXPECT_EQ(family.whole.outcome, Outcome::refused) << family.whole.detail;
      EXPECT_THAT(family.whole.detail, testing::StartsWith("exit status 3: "));
      ASSERT_EQ(family.alone.size(), 4U);
      for (std::uint32_t i = 0; i < 4; ++i)
        EXPECT_EQ(family.alone.at(i).run.outcome, i == 3 ? Outcome::refused : Outcome::printed);
    }
  });
}

TEST_F(Readers, NobodyCanRebuildWhatActsOutsideOfItsNamespace) {
  in_fresh_network([&] {
    kernel::feed("iptables-nft-restore", "*filter\n-A INPUT -j ACCEPT\n-A INPUT -j DROP\nCOMMIT\n");
    NetworkReading network = kernel::read_own();
    std::string& expressions = network.state.nft->front().shapes.at(0).expressions;
    // An expression that does not exist.
    const auto at = expressions.find("counter");
    ASSERT_NE(at, std::string::npos);
    expressions.replace(at, 7, "cuonter");
    const CrossReading reading = read(network, {{1, 8, 13}});
    ASSERT_EQ(reading.set_aside.size(), 1U);
    EXPECT_EQ(reading.set_aside.front().shape, 0U);
    EXPECT_THAT(only_family(reading.readers.front()).whole.text, HasSubstr("-A s1 -j DROP\n"));
  });
}

TEST_F(Readers, AreNotAskedWhereUserNamespacesAreSwitchedOff) {
  in_fresh_network([&] {
    kernel::feed("iptables-nft-restore", kRules);
    const NetworkReading network = kernel::read_own();
    // The limit of a user namespace of our own: the machine's stays as it is.
    ASSERT_EQ(::unshare(CLONE_NEWUSER), 0);
    const sys::UniqueFd limit{::open("/proc/sys/user/max_user_namespaces", O_WRONLY)};
    ASSERT_EQ(::write(limit.get(), "0", 1), 1);
    const CrossReading reading = read(network, {{1, 8, 9}});
    EXPECT_EQ(reading.skipped, "user namespaces are switched off (user.max_user_namespaces)");
    EXPECT_TRUE(reading.readers.empty());
  });
}

TEST_F(Readers, BothFamiliesAreAskedAndTheBugsOfOneVersionLookedFor) {
  in_fresh_network([&] {
    kernel::feed("iptables-nft-restore", kRules);
    kernel::feed("ip6tables-nft-restore", "*nat\n-A OUTPUT -d fd00::/64 -j ACCEPT\nCOMMIT\n");
    const CrossReading reading =
        read(kernel::read_own(), {{1, 8, 9}, {1, 8, 11}, {1, 8, 13}}, {.every_bug = true});
    for (const ReaderReadings& readings : reading.readers) {
      SCOPED_TRACE(readings.reader.label);
      ASSERT_EQ(readings.families.size(), 2U);
      EXPECT_EQ(readings.families.at(1).whole.outcome, Outcome::printed);
      ASSERT_EQ(readings.bugs.size(), 3U);
      for (const BugProbe& bug : readings.bugs)  // Debian has mended its 1.8.11
        EXPECT_EQ(bug.outcome, BugProbe::Outcome::absent) << bug.bug << ": " << bug.detail;
    }
  });
}

TEST_F(Readers, SeeRulesThatAskForUsersAndGroups) {
  in_fresh_network([&] {
    kernel::feed(command(release({1, 8, 13}), "iptables-restore"),
                 "*filter\n-A OUTPUT -m owner --uid-owner 0 -j ACCEPT\n"
                 "-A OUTPUT -m owner ! --uid-owner 1000-2000 --gid-owner 65534 -j DROP\n"
                 "-A OUTPUT -m owner --socket-exists -m mark --mark 0x1 -j ACCEPT\nCOMMIT\n");
    const NetworkReading network = kernel::read_own();
    const probe::test::NeededCapabilitiesOnly needed;
    const CrossReading reading = read(network, {{1, 8, 7}, {1, 8, 13}});
    EXPECT_TRUE(reading.set_aside.empty());
    const std::size_t shapes = kernel::nft_table(network, "ip", "filter").shapes.size();
    EXPECT_GE(shapes, 2U);
    for (const ReaderReadings& readings : reading.readers) {
      const std::string& text = only_family(readings).whole.text;
      EXPECT_EQ(only_family(readings).whole.outcome, Outcome::printed);
      EXPECT_THAT(text, HasSubstr("-A s0 -m owner --uid-owner 0 -j ACCEPT\n"));
      EXPECT_EQ(kernel::lines_with(text, "-A s"), shapes);
    }
  });
}

TEST_F(Readers, OfTheLegacyVariantAreTriedWhereTheNodeHasSuchATable) {
  in_fresh_network([&] {
    const std::string before = kernel::shell("cat /proc/thread-self/net/ip6_tables_names");
    const std::vector<NftTable> none;
    std::vector<Candidate> candidates;
    for (const Release& known : releases_) candidates.push_back(legacy_candidate(known));
    const CrossReading reading =
        CrossReader::start(none, std::move(candidates), {.legacy_ipv6_table = "nat"}).finish();
    EXPECT_TRUE(reading.readers.empty());
    ASSERT_EQ(reading.legacy.size(), releases_.size());
    for (const LegacyTrial& trial : reading.legacy) {
      ASSERT_EQ(trial.bugs.size(), 1U);
      const BugProbe& bug = trial.bugs.front();
      SCOPED_TRACE(trial.program.label + ": " + bug.detail);
      EXPECT_EQ(bug.bug, "ipv6_legacy_check");
      const bool is_bad = trial.program.version == Version{1, 8, 9};
      EXPECT_EQ(bug.outcome, is_bad ? BugProbe::Outcome::present : BugProbe::Outcome::absent);
    }
    EXPECT_EQ(kernel::shell("cat /proc/thread-self/net/ip6_tables_names"), before);
  });
}

TEST_F(Readers, OfTheLegacyVariantAreLeftAloneElsewhere) {
  in_fresh_network([&] {
    const std::vector<NftTable> none;
    std::vector<Candidate> candidates;
    candidates.push_back(legacy_candidate(release({1, 8, 9})));
    EXPECT_TRUE(CrossReader::start(none, std::move(candidates), {}).finish().legacy.empty());
  });
}

}  // namespace
}  // namespace iptmode::cross_reading::test
