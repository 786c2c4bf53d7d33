// SPDX-License-Identifier: GPL-2.0-or-later
// A hostile program in the place of an iptables that is asked: within its deadline, without effect
// on anything but the namespace that is made for it, nothing left.
#include <gmock/gmock.h>
#include <linux/netlink.h>

#include <sstream>

#include "cross_reading/cross_reader.h"
#include "fake_container.h"
#include "fresh_network.h"
#include "probe_fixture.h"

namespace iptmode::cross_reading::test {
namespace {

using namespace std::chrono_literals;
using kernel::in_fresh_network;
using kernel::shell;
using probe::test::FakeContainer;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Outcome = SaveRun::Outcome;

constexpr const char* kRules =
    "*filter\n:KUBE-FIREWALL - [0:0]\n-A KUBE-FIREWALL -m mark --mark 0x8000/0x8000 -j DROP\n"
    "COMMIT\n";

Candidate hostile(const FakeContainer& container) {
  auto place = probe::test::place_of(container);
  EXPECT_TRUE(place);
  const auto report = probe::test::probe_container(container);
  EXPECT_TRUE(report);
  if (!place || !report) return {};
  const Program& program = *report->installation.find("iptables");
  return {.reader = {.label = "hostile",
                     .places = {"hostile"},
                     .path = program.resolved(),
                     .version = Version{1, 8, 13},
                     .device = program.device,
                     .inode = program.inode},
          .place = std::move(*place),
          .mode = program.mode};
}

class HostileReader : public probe::test::RootTest {
 protected:
  /// Asks such a program in a network namespace with one rule, and checks what holds always.
  static void ask(const std::string& mode, const std::function<void(const SaveRun&)>& check) {
    in_fresh_network([&] {
      kernel::feed("iptables-nft-restore", kRules);
      const std::string rules = shell("nft list ruleset");
      const kernel::NetworkReading network = kernel::read_own();
      const FakeContainer container{{.populate = [mode](const std::string& root) {
        probe::test::put_hostile_iptables(root, mode);
        probe::test::put_copy(root + "/usr/bin/setuid-root", IPTMODE_HOSTILE, 04755);
      }}};
      std::vector<Candidate> readers;
      readers.push_back(hostile(container));
      const std::string files = container.listing();
      const std::size_t descriptors = probe::test::open_descriptors();
      const auto started = std::chrono::steady_clock::now();
      CrossReading reading;
      {
        const probe::test::NeededCapabilitiesOnly needed;
        reading = CrossReader::start(*network.state.nft, std::move(readers),
                                     {.run_timeout = 500ms, .timeout = 3000ms})
                      .finish();
      }
      EXPECT_LT(std::chrono::steady_clock::now() - started, 2500ms);
      EXPECT_EQ(probe::test::children_except(container.pid()), std::vector<pid_t>{});
      EXPECT_LE(probe::test::open_descriptors(), descriptors);
      EXPECT_EQ(container.listing(), files);
      EXPECT_EQ(shell("nft list ruleset"), rules);
      ASSERT_FALSE(reading.skipped) << *reading.skipped;
      ASSERT_EQ(reading.readers.size(), 1U);
      ASSERT_EQ(reading.readers.front().families.size(), 1U);
      check(reading.readers.front().families.front().whole);
    });
  }
};

TEST_F(HostileReader, ThatDoesNotEndIsEnded) {
  for (const char* mode : {"sleep", "bomb", "drip", "spin", "netlink", "tables"}) {
    SCOPED_TRACE(mode);
    ask(mode, [](const SaveRun& run) { EXPECT_EQ(run.outcome, Outcome::timed_out) << run.detail; });
  }
}

TEST_F(HostileReader, ThatFloodsIsCutOff) {
  ask("flood", [](const SaveRun& run) {
    EXPECT_EQ(run.outcome, Outcome::timed_out);
    EXPECT_THAT(run.detail, StartsWith("more than "));
    EXPECT_LE(run.text.size(), kMaxSaveOutput);
  });
}

TEST_F(HostileReader, ThatEndsOtherwiseSaysNothingOfTheRules) {
  for (const char* mode : {"", "daemonize"}) {
    SCOPED_TRACE(mode);
    ask(mode, [](const SaveRun& run) { EXPECT_EQ(run.outcome, Outcome::incomplete); });
  }
  for (const char* mode : {"setuid", "killgroup", "escape"}) {
    SCOPED_TRACE(mode);
    ask(mode, [](const SaveRun& run) {
      EXPECT_EQ(run.outcome, Outcome::refused);
      EXPECT_THAT(run.detail, Not(HasSubstr("\x1b")));
    });
  }
  ask("setuid", [](const SaveRun& run) { EXPECT_THAT(run.text, HasSubstr("euid=65534")); });
  for (const char* mode : {"abort", "foreign"}) {
    SCOPED_TRACE(mode);
    ask(mode, [](const SaveRun& run) { EXPECT_EQ(run.outcome, Outcome::died) << run.detail; });
  }
}

TEST_F(HostileReader, CanDoNothingButAskItsOwnNetworkNamespace) {
  ask("report", [](const SaveRun& run) {
    std::istringstream lines{run.text};
    int attempts = 0;
    for (std::string line; std::getline(lines, line) && line.find('=') == std::string::npos;) {
      ++attempts;
      EXPECT_THAT(line, Not(testing::EndsWith(" ok"))) << line;
    }
    EXPECT_GT(attempts, 40);
    EXPECT_THAT(run.text, HasSubstr("fds=0,1,2,\n"));
  });
}

/// As a program of the legacy variant, which may open raw sockets in there.
TEST_F(HostileReader, ThatIsTriedAsLegacyDoesNoMore) {
  in_fresh_network([] {
    for (const char* mode : {"report", "sleep", "bomb", "flood", "killgroup", "escape", "setuid"}) {
      SCOPED_TRACE(mode);
      const FakeContainer container{{.populate = [mode](const std::string& root) {
        probe::test::put_hostile_iptables(root, mode);
        probe::test::put_copy(root + "/usr/bin/setuid-root", IPTMODE_HOSTILE, 04755);
      }}};
      std::vector<Candidate> candidates;
      candidates.push_back(hostile(container));
      candidates.front().legacy = true;
      const std::string files = container.listing();
      const std::string tables = shell("cat /proc/thread-self/net/ip6_tables_names");
      const std::vector<NftTable> none;
      CrossReading reading;
      {
        const probe::test::NeededCapabilitiesOnly needed;
        reading = CrossReader::start(
                      none, std::move(candidates),
                      {.legacy_ipv6_table = "nat", .run_timeout = 500ms, .timeout = 3000ms})
                      .finish();
      }
      EXPECT_EQ(probe::test::children_except(container.pid()), std::vector<pid_t>{});
      EXPECT_EQ(container.listing(), files);
      EXPECT_EQ(shell("cat /proc/thread-self/net/ip6_tables_names"), tables);
      ASSERT_EQ(reading.legacy.size(), 1U);
      EXPECT_NE(reading.legacy.front().bugs.front().outcome, BugProbe::Outcome::absent);
    }
  });
}

}  // namespace
}  // namespace iptmode::cross_reading::test
