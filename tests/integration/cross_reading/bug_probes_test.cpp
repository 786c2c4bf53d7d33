// SPDX-License-Identifier: GPL-2.0-or-later
// What real programs answered to each trial, those with the bug and those without.
#include "cross_reading/bug_probes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iptmode::cross_reading {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Outcome = BugProbe::Outcome;

constexpr const char* kBadRule =
    "iptables: Bad rule (does a matching rule exist in that chain?).\n";

BugTrial trial_named(std::string_view bug) {
  if (bug == "ipv6_legacy_check") return legacy_bug_trial("nat");
  for (BugTrial& trial : bug_trials(Version{1, 8, 13}, true))
    if (trial.bug == bug) return std::move(trial);
  ADD_FAILURE() << "no trial " << bug;
  return {};
}

probe::SandboxOutcome exited(int status, std::string output = {}, std::string errors = {}) {
  return {.wait_status = status << 8, .output = std::move(output), .errors = std::move(errors)};
}

/// The runs before the last one succeed.
BugProbe judged(std::string_view bug, probe::SandboxOutcome last) {
  const BugTrial trial = trial_named(bug);
  TrialResult result;
  result.runs.resize(trial.runs.size() - 1, exited(0));
  result.runs.push_back(std::move(last));
  return judge_bug(trial, result);
}

struct Answer {
  const char* who = nullptr;
  std::string_view bug = {};
  probe::SandboxOutcome last = {};
  Outcome wanted = {};
};

TEST(JudgeBug, KnowsThoseWithTheBugAndThoseWithout) {
  const std::string listed = "-P INPUT ACCEPT\n-A INPUT -s ";
  const std::string rest = " -m mark ! --mark 0x4000/0x4000 -j ACCEPT\n";
  const std::vector<Answer> answers{
      {"1.8.11 as released", "interface_ignored", exited(0), Outcome::present},
      {"Debian's 1.8.11-2", "interface_ignored", exited(1, "", kBadRule), Outcome::absent},
      {"1.8.8", "prefix_misread", exited(0, listed + "0.0.0.0/32" + rest), Outcome::present},
      {"1.8.9", "prefix_misread", exited(0, listed + "192.168.20.80/29" + rest), Outcome::absent},
      {"1.8.9, legacy", "ipv6_legacy_check", exited(0), Outcome::present},
      {"1.8.11, legacy", "ipv6_legacy_check", exited(1, "", kBadRule), Outcome::absent},
  };
  for (const Answer& answer : answers)
    EXPECT_EQ(judged(answer.bug, answer.last).outcome, answer.wanted) << answer.who;
}

TEST(JudgeBug, ClaimsNothingWhereTheTrialItselfFailed) {
  const BugProbe locked =
      judged("ipv6_legacy_check",
             exited(4, "", "Fatal: can't open lock file /run/xtables.lock: Permission denied\n"));
  EXPECT_EQ(locked.outcome, Outcome::undecided);
  EXPECT_THAT(locked.detail, HasSubstr("exit status 4: Fatal: can't open lock file"));
  EXPECT_EQ(judged("prefix_misread", exited(0, "-P INPUT ACCEPT\n")).outcome, Outcome::undecided);
  EXPECT_EQ(judged("interface_ignored", {.timed_out = true}).outcome, Outcome::undecided);
}

TEST(JudgeBug, ClaimsNothingWhereTheRuleDidNotGoIn) {
  const BugTrial trial = trial_named("interface_ignored");
  TrialResult result;
  result.runs = {exited(1, "", "iptables: No chain/target/match by that name.\n"), exited(0)};
  EXPECT_EQ(judge_bug(trial, result).outcome, Outcome::undecided);
  result.runs.pop_back();
  EXPECT_EQ(judge_bug(trial, result).detail, "not reached");
}

NftTable a_table(std::string name, std::size_t shapes) {
  NftTable table{.family = "ip", .name = std::move(name), .compat = true};
  table.shapes.resize(shapes);
  return table;
}

TEST(CheckTrial, AsksForAFewRulesFromAllTables) {
  const std::vector<NftTable> tables{a_table("filter", 3), a_table("nat", 3)};
  FamilyReading reading{.whole = {.outcome = SaveRun::Outcome::printed}};
  for (const char* table : {"*filter\n", "*nat\n"})
    reading.whole.text += std::string{table} +
                          "-A s0 -p tcp -j ACCEPT\n-A s1 -j DROP\n-A s2 -m comment --comment "
                          "\"a b\" -j RETURN\nCOMMIT\n";
  const CheckTrial trial = check_trial(tables, {reading});
  ASSERT_EQ(trial.plan.runs.size(), 4U);
  EXPECT_THAT(trial.plan.runs.front(),
              ElementsAre("iptables", "-t", "filter", "-C", "s0", "-p", "tcp", "-j", "ACCEPT"));
  EXPECT_EQ(trial.plan.runs.back().at(2), "nat");
  EXPECT_THAT(check_trial(tables, {}).plan.runs, IsEmpty());
}

std::vector<std::string> bugs_tried(std::optional<Version> version, bool every = false) {
  std::vector<std::string> bugs;
  for (const BugTrial& trial : bug_trials(version, every)) bugs.push_back(trial.bug);
  return bugs;
}

TEST(BugTrials, AreThoseOfTheRelease) {
  EXPECT_THAT(bugs_tried(Version{1, 8, 11}), ElementsAre("interface_ignored"));
  EXPECT_THAT(bugs_tried(Version{1, 8, 8}), ElementsAre("prefix_misread"));
  EXPECT_THAT(bugs_tried(Version{1, 8, 9}), IsEmpty());
  EXPECT_THAT(bugs_tried(Version{1, 8, 9}, true),
              ElementsAre("interface_ignored", "prefix_misread"));
  // A mark of 1.8.7 is a match of its own, whose module might have to be loaded.
  EXPECT_THAT(bugs_tried(Version{1, 8, 7}, true), ElementsAre("interface_ignored"));
}

}  // namespace
}  // namespace iptmode::cross_reading
