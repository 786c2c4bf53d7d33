// SPDX-License-Identifier: GPL-2.0-or-later
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "golden.h"
#include "iptmode/render.h"
#include "sample_reports.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream{text};
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(RenderPrometheus, MatchesTheGoldenFile) {
  const std::string text = render_prometheus(testing::split_report());
  EXPECT_EQ(text, testing::golden("split.prom", text));
}

TEST(RenderPrometheus, HasEachHelpOnceAndNoSeriesTwice) {
  for (const Report& report : {testing::healthy_report(), testing::blind_report(),
                               testing::idle_report(), judge(testing::a_node())}) {
    std::set<std::string> seen;
    for (const std::string& line : lines_of(render_prometheus(report))) {
      const std::string series = line.starts_with('#') ? line.substr(0, line.find(' ', 9))
                                                       : line.substr(0, line.rfind(' '));
      EXPECT_TRUE(seen.insert(series).second) << series;
    }
  }
}

TEST(RenderPrometheus, StaysWellFormedWithHostileText) {
  for (const std::string& line : lines_of(render_prometheus(testing::hostile_report())))
    EXPECT_THAT(
        line, MatchesRegex("# (HELP|TYPE) iptmode_[a-z_]+ .*|"
                           "iptmode_[a-z_]+(\\{([a-z]+=\"([^\"\\\\]|\\\\.)*\",?)+\\})? -?[0-9]+"));
}

TEST(RenderPrometheus, EscapesALabel) {
  Report report = testing::healthy_report();
  report.snapshot.tool_version = "1\"2\\3\n";
  EXPECT_THAT(render_prometheus(report),
              HasSubstr("iptmode_build_info{version=\"1\\\"2\\\\\\\\3\\\\x0a\"} 1\n"));
}

TEST(RenderPrometheus, HasNoSeriesForTablesThatWereNotRead) {
  const std::string text = render_prometheus(judge(testing::a_node().unread(Backend::nf_tables)));
  EXPECT_THAT(text, Not(HasSubstr("iptmode_rules{backend=\"nf_tables\"")));
  EXPECT_THAT(text, HasSubstr("iptmode_gaps 1\n"));
  EXPECT_THAT(text, HasSubstr("iptmode_verdict{verdict=\"unknown\"} 1\n"));
}

TEST(RenderPrometheus, KeepsTheSeriesOfACheckWhateverItFound) {
  const auto checks_in = [](const std::string& text) {
    std::set<std::string> series;
    for (const std::string& line : lines_of(text))
      if (line.starts_with("iptmode_check_status") || line.starts_with("iptmode_findings"))
        series.insert(line.substr(0, line.rfind(' ')));
    return series;
  };
  const Report split = judge(testing::a_node()
                                 .with(testing::kube_router().legacy("1.8.9"))
                                 .no_rules_of(Owner::kube_router)
                                 .legacy_rules(Owner::kube_router, 52));
  EXPECT_EQ(split.verdict, Verdict::fail);
  EXPECT_EQ(checks_in(render_prometheus(split)),
            checks_in(render_prometheus(judge(testing::a_node()))));
}

}  // namespace
}  // namespace iptmode
