// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "golden.h"
#include "iptmode/render.h"
#include "sample_reports.h"

namespace iptmode {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr ServiceState kAllStates[] = {ServiceState::ok, ServiceState::warning,
                                       ServiceState::critical, ServiceState::unknown};

std::vector<Report> all_reports() {
  return {testing::healthy_report(), testing::split_report(), testing::blind_report(),
          testing::idle_report(), testing::hostile_report()};
}

bool is_line_byte(char byte) {
  return byte >= ' ' && byte <= '~';
}

TEST(RenderNpd, IsOneShortLineOfAsciiWhateverWasFound) {
  for (const Report& report : all_reports())
    for (const ServiceState state : kAllStates) {
      std::string line = render_npd(report, state);
      EXPECT_LE(line.size(), 80U);
      ASSERT_TRUE(line.ends_with('\n'));
      line.pop_back();
      EXPECT_TRUE(std::ranges::all_of(line, is_line_byte)) << line;
    }
}

TEST(RenderNpd, BeginsWithTheStateAndNamesTheCheck) {
  EXPECT_EQ(render_npd(testing::split_report(), ServiceState::critical),
            "problem: backend_mismatch: kube-router writes legacy while kubelet and kube-...\n");
  EXPECT_THAT(render_npd(testing::healthy_report(), ServiceState::ok), StartsWith("ok: "));
  EXPECT_THAT(render_npd(testing::split_report(), ServiceState::warning),
              StartsWith("ok: backend_mismatch"));
  EXPECT_THAT(render_npd(testing::blind_report(), ServiceState::unknown),
              StartsWith("unknown: could not see"));
}

TEST(RenderNpd, SaysWhyThereIsNoReport) {
  EXPECT_EQ(render_npd_unknown("open /proc:\nno"), "unknown: open /proc:?no\n");
}

TEST(RenderNagios, MatchesTheGoldenFile) {
  const std::string text = render_nagios(testing::split_report(), ServiceState::critical);
  EXPECT_EQ(text, testing::golden("split.nagios", text));
}

TEST(RenderNagios, HasOneStatusLineAndOneBarWhateverWasFound) {
  for (const Report& report : all_reports())
    for (const ServiceState state : kAllStates) {
      const std::string text = render_nagios(report, state);
      EXPECT_THAT(text, StartsWith("IPTMODE "));
      EXPECT_EQ(std::ranges::count(text, '|'), 1);
      EXPECT_LT(text.find('|'), text.find('\n'));
      EXPECT_TRUE(
          std::ranges::all_of(text, [](char byte) { return is_line_byte(byte) || byte == '\n'; }));
    }
}

TEST(RenderNagios, CutsALongListAndSaysHowMuchIsMissing) {
  Report report = testing::split_report();
  auto& findings = report.checks.front().findings;
  Finding finding{.severity = Severity::warning, .message = std::string(100, 'x')};
  finding.message += " | y";
  for (int i = 0; i < 500; ++i) {
    finding.subject = "pod ";
    finding.subject += std::to_string(i);
    findings.push_back(finding);
  }
  const std::string text = render_nagios(report, ServiceState::critical);
  EXPECT_LE(text.size(), 4096U);
  EXPECT_THAT(text, ::testing::ContainsRegex("\n\\.\\.\\. and 4[0-9][0-9] more lines\n$"));
}

TEST(RenderNagios, LeavesOutWhatAnExceptionCovers) {
  EXPECT_THAT(render_nagios(testing::healthy_report(), ServiceState::ok),
              Not(HasSubstr("legacy table raw")));
}

TEST(RenderNagios, SaysWhyThereIsNoReport) {
  EXPECT_EQ(render_nagios_unknown("a | b"), "IPTMODE UNKNOWN - a / b\n");
}

}  // namespace
}  // namespace iptmode
