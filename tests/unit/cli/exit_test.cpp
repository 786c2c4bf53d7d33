// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/exit.h"

#include <gtest/gtest.h>

#include "cli/rendering.h"
#include "parse_words.h"

namespace iptmode::cli {
namespace {

TEST(ExitStatus, IsThatOfEachProtocol) {
  struct Row {
    Exit exit;
    int native, npd, nagios;
  };
  const Row rows[] = {{Exit::clean, 0, 0, 0},
                      {Exit::warnings, 0, 0, 1},
                      {Exit::findings, 1, 1, 2},
                      {Exit::undecided, 2, 2, 3},
                      {Exit::usage, 64, 2, 3}};
  for (const auto& [exit, native, npd, nagios] : rows) {
    SCOPED_TRACE(native);
    EXPECT_EQ(exit_status(exit, Format::text), native);
    EXPECT_EQ(exit_status(exit, Format::json), native);
    EXPECT_EQ(exit_status(exit, Format::prometheus), native);
    EXPECT_EQ(exit_status(exit, Format::npd), npd);
    EXPECT_EQ(exit_status(exit, Format::nagios), nagios);
  }
}

TEST(Worse, PutsAKnownFaultBeforeWhatWasNotSeen) {
  EXPECT_EQ(worse(Exit::clean, Exit::warnings), Exit::warnings);
  EXPECT_EQ(worse(Exit::undecided, Exit::warnings), Exit::undecided);
  EXPECT_EQ(worse(Exit::undecided, Exit::findings), Exit::findings);
  EXPECT_EQ(worse(Exit::findings, Exit::undecided), Exit::findings);
}

Report with_finding(Verdict verdict, Severity severity) {
  return {.verdict = verdict,
          .checks = {{.id = "backend_mismatch", .findings = {{.severity = severity}}}}};
}

TEST(ExitOf, DependsOnTheWorstFindingAndTheThreshold) {
  EXPECT_EQ(exit_of({.verdict = Verdict::pass}, {}), Exit::clean);
  EXPECT_EQ(exit_of({.verdict = Verdict::unknown}, {}), Exit::undecided);
  EXPECT_EQ(exit_of(with_finding(Verdict::pass, Severity::info), {}), Exit::clean);
  EXPECT_EQ(exit_of(with_finding(Verdict::warn, Severity::warning), {}), Exit::warnings);
  EXPECT_EQ(exit_of(with_finding(Verdict::fail, Severity::error), {}), Exit::findings);
  EXPECT_EQ(exit_of(with_finding(Verdict::warn, Severity::warning), {.fail_on = Severity::warning}),
            Exit::findings);
  EXPECT_EQ(exit_of(with_finding(Verdict::fail, Severity::error), {.fail_on = std::nullopt}),
            Exit::warnings);
}

TEST(WantedFormat, IsFoundInAWrongCommandLine) {
  const auto wanted = [](std::initializer_list<const char*> words) {
    return wanted_format(std::vector<const char*>{words});
  };
  EXPECT_EQ(wanted({"-o", "nagios", "--wrong"}), Format::nagios);
  EXPECT_EQ(wanted({"--wrong", "-onagios"}), Format::nagios);
  EXPECT_EQ(wanted({"--output=npd", "--wrong"}), Format::npd);
  EXPECT_EQ(wanted({"--output", "nagios", "-o", "json", "x"}), Format::json);
  EXPECT_EQ(wanted({"--wrong", "--", "-o", "nagios"}), Format::text);
  EXPECT_EQ(wanted({"-o"}), Format::text);
  EXPECT_EQ(wanted({}), Format::text);
}

}  // namespace
}  // namespace iptmode::cli
