// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <utility>
#include <vector>

#include "iptmode/packet_path.h"
#include "packet_lab.h"
#include "packet_rulesets.h"
#include "sys/child_process.h"

namespace iptmode::kernel {
namespace {

/// How often the evaluator was asked and did not know.
struct Tally {
  std::size_t asked = 0;
  std::size_t undecidable = 0;
};

void compare(PacketLab& lab, const PacketRuleset& ruleset, Tally& tally) {
  SCOPED_TRACE(ruleset.name);
  lab.load(ruleset.texts);
  const NetworkReading reading = lab.read();
  ASSERT_TRUE(reading.state.packet_path.has_value());
  const PacketPath& path = *reading.state.packet_path;
  const auto seen = lab.send_all();
  for (const PacketQuestion& question : path.questions) {
    const auto real = seen.find({question.id, question.packet.family});
    if (real == seen.end()) continue;
    const PacketFate fate = evaluate(path, question);
    ++tally.asked;
    if (fate.kind == PacketFate::Kind::undecidable) {
      ++tally.undecidable;
      continue;
    }
    EXPECT_EQ(to_string(fate.kind), to_string(real->second))
        << question.id << ' ' << to_string(question.packet.family) << ": " << fate.decided_by;
  }
  lab.clear();
}

constexpr std::size_t kLabs = 8;  // at work at once: most of the time they wait for silence

/// Compares the share of one lab and returns the child's exit status.
int work(const std::vector<PacketRuleset>& rulesets, std::size_t share, Tally& tally) {
  if (::unshare(CLONE_NEWNET) != 0) return 2;
  PacketLab lab;
  for (std::size_t i = share; i < rulesets.size(); i += kLabs) compare(lab, rulesets[i], tally);
  std::fflush(stdout);
  return testing::Test::HasFailure() ? 1 : 0;
}

TEST(PacketFate, IsThatOfRealPackets) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  std::vector<PacketRuleset> rulesets = written_rulesets();
  for (PacketRuleset& ruleset : translating_rulesets()) rulesets.push_back(std::move(ruleset));
  for (PacketRuleset& ruleset : ip_set_rulesets()) rulesets.push_back(std::move(ruleset));
  for (PacketRuleset& ruleset : generated_rulesets()) rulesets.push_back(std::move(ruleset));
  ASSERT_GE(rulesets.size(), 60U);

  void* shared = ::mmap(nullptr, kLabs * sizeof(Tally), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(shared, MAP_FAILED);
  auto* tallies = static_cast<Tally*>(shared);
  std::fflush(stdout);
  std::vector<sys::ChildProcess> labs;
  for (std::size_t share = 0; share < kLabs; ++share)
    labs.push_back(value_or_throw(
        sys::ChildProcess::start([&] { return work(rulesets, share, tallies[share]); })));
  Tally all;
  for (std::size_t share = 0; share < kLabs; ++share) {
    const auto status = labs[share].reap(std::chrono::seconds{50});
    ASSERT_TRUE(status.has_value()) << "still running";
    EXPECT_EQ(*status, 0) << "wait status";
    all.asked += tallies[share].asked;
    all.undecidable += tallies[share].undecidable;
  }
  std::printf("%zu rulesets, %zu packets, %zu undecidable\n", rulesets.size(), all.asked,
              all.undecidable);
  EXPECT_GE(all.asked, rulesets.size() * 10);
  EXPECT_LE(all.undecidable * 10, all.asked);
}

/// The answers for the node's apiserver in a lab with one ruleset.
PacketFate fate_in_lab(const std::string& command, const std::string& text) {
  PacketLab lab;
  lab.load({{command, text}});
  const NetworkReading reading = lab.read();
  for (const PacketQuestion& question : reading.state.packet_path.value().questions)
    if (question.id == "kubeApiserver" && question.packet.family == IpFamily::ipv4)
      return evaluate(*reading.state.packet_path, question);
  return {.decided_by = "not asked"};
}

TEST(PacketFate, NamesTheSetThatDecides) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  sys::ChildProcess child = value_or_throw(sys::ChildProcess::start([] {
    if (::unshare(CLONE_NEWNET) != 0) return 2;
    for (const std::string variant : {"nft", "legacy"}) {
      const std::string rules =
          "*filter\n:INPUT DROP\n-A INPUT -m set --match-set peers src -j "
          "ACCEPT\nCOMMIT\n";
      const PacketFate fate = fate_in_lab(
          "sh -c 'ipset create peers hash:net; ipset add peers 198.51.100.0/24; iptables-" +
              variant + "-restore'",
          rules);
      EXPECT_EQ(fate.kind, PacketFate::Kind::undecidable) << "some of those who may ask are in it";
      EXPECT_NE(fate.decided_by.find("[set --match-set peers src] -j ACCEPT"), std::string::npos)
          << fate.decided_by;
    }
    std::fflush(stdout);
    return testing::Test::HasFailure() ? 1 : 0;
  }));
  const auto status = child.reap(std::chrono::seconds{20});
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(*status, 0);
}

}  // namespace
}  // namespace iptmode::kernel
