// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <sstream>

#include <gtest/gtest.h>

#include "golden.h"
#include "iptmode/render.h"
#include "report/display.h"
#include "sample_reports.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream{text};
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

struct Sample {
  std::string name;
  Report report;
};

std::vector<Sample> samples() {
  return {{"healthy", testing::healthy_report()},
          {"split", testing::split_report()},
          {"blind", testing::blind_report()},
          {"idle", testing::idle_report()}};
}

TEST(RenderText, MatchesTheGoldenFiles) {
  for (const auto& [name, report] : samples())
    for (const std::size_t width : {60U, 100U, 140U}) {
      const std::string file = name + "." + std::to_string(width) + ".txt";
      SCOPED_TRACE(file);
      const std::string text = render_text(report, {.width = width});
      EXPECT_EQ(text, testing::golden(file, text));
    }
}

// A line may be longer only for the sake of one word that must stay whole.
TEST(RenderText, KeepsToTheWidth) {
  for (const auto& [name, report] : samples())
    for (const std::size_t width : {60U, 80U, 120U})
      for (const std::string& line : lines_of(render_text(report, {.width = width}))) {
        SCOPED_TRACE(name + " at " + std::to_string(width) + ": " + line);
        const auto start = std::min(line.find_first_not_of(' '), line.size());
        const bool one_word = line.find(' ', start) == std::string::npos;
        EXPECT_TRUE(one_word || report::display_width(line) <= width);
      }
}

TEST(RenderText, AnswersInTheOrderOfTheQuestions) {
  const std::string text = render_text(testing::split_report(), {.width = 120});
  const std::size_t verdict = text.find("FAIL  ");
  const std::size_t where = text.find("<-");
  const std::size_t mend = text.find("mend  ");
  EXPECT_EQ(verdict, 0U);
  EXPECT_LT(verdict, where);
  EXPECT_LT(where, mend);
  EXPECT_NE(text.find("1 error, 1 note, 1 suppressed, 2 checks passed, nothing was left out."),
            std::string::npos);
}

TEST(RenderText, MarksOnlyTheRowThatIsOdd) {
  for (const std::string& line : lines_of(render_text(testing::split_report(), {.width = 140})))
    EXPECT_EQ(line.ends_with("<-"), line.starts_with("kube-router ")) << line;
}

TEST(RenderText, TellsThePolicyOfATableWithoutRules) {
  const auto with_policy = [](std::string policy) {
    const Snapshot snapshot =
        testing::a_node().empty_legacy_table("nat").empty_legacy_table("filter").policy(
            Backend::legacy, "filter", "FORWARD", std::move(policy));
    return render_text(judge(snapshot), {.width = 120});
  };
  EXPECT_NE(with_policy("accept").find("legacy     empty tables"), std::string::npos);
  const std::string dropping = with_policy("drop");
  EXPECT_NE(dropping.find("legacy     policy drop: FORWARD"), std::string::npos) << dropping;
  EXPECT_EQ(dropping.find("empty tables"), std::string::npos);
}

TEST(RenderText, SaysWhatCouldNotBeSeenAndNotThatNothingIsThere) {
  const std::string text = render_text(testing::blind_report(), {.width = 100});
  EXPECT_EQ(text.find("UNKNOWN"), 0U);
  EXPECT_NE(text.find("NOT SEEN\n"), std::string::npos);
  EXPECT_NE(text.find("legacy     not read"), std::string::npos);
  EXPECT_EQ(text.find("no tables"), std::string::npos);
  EXPECT_NE(text.find("3 things could not be seen."), std::string::npos);
  EXPECT_NE(text.find("  mend  run iptmode as root\n"), std::string::npos);
}

TEST(RenderText, NamesAFewChecksWithoutAnswer) {
  Report report = testing::healthy_report();
  ASSERT_GE(report.checks.size(), 3U);
  const auto undecided = [&](std::size_t count) {
    report.summary.unknown = static_cast<unsigned>(count);
    for (std::size_t i = 0; i < count; ++i) report.checks.at(i).status = CheckStatus::unknown;
    return render_text(report, {.width = 200});
  };
  EXPECT_EQ(undecided(0).find("undecided"), std::string::npos);
  EXPECT_NE(undecided(1).find(", 1 undecided (" + std::string{report.checks[0].id} + "),"),
            std::string::npos);
  while (report.checks.size() < 4) report.checks.push_back(report.checks.back());
  EXPECT_NE(undecided(4).find(", 4 undecided, "), std::string::npos) << "--verbose lists them";
}

TEST(RenderText, IsTheVerdictAndALineForEachFindingWhenQuiet) {
  const auto lines = lines_of(render_text(testing::split_report(), {.width = 140, .quiet = true}));
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_TRUE(lines.at(0).starts_with("FAIL  kube-router writes legacy"));
  EXPECT_TRUE(lines.at(1).starts_with("error     backend_mismatch  kube-router (pid 1402): "));
  EXPECT_TRUE(lines.at(2).starts_with("note      legacy_empty  legacy table security: "));
}

TEST(RenderText, ListsEveryCheckWhenVerbose) {
  const std::string text = render_text(testing::healthy_report(), {.width = 100, .verbose = true});
  for (const std::string_view id : {"backend_mismatch", "mode_split", "calico_backend"})
    EXPECT_NE(text.find(std::string{"\n"}.append(id)), std::string::npos) << id;
  EXPECT_NE(text.find("no calico-node runs here"), std::string::npos);
}

TEST(RenderText, ListsWhatACheckSawWhenVerbose) {
  Report report = testing::healthy_report();
  report.checks.front().seen = {"kubelet (tcp 10250): accepted", "a \x1b[31mname"};
  const std::string text = render_text(report, {.width = 100, .verbose = true});
  EXPECT_NE(text.find("\nSEEN BY backend_mismatch\n  kubelet (tcp 10250): accepted\n"),
            std::string::npos);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(render_text(report, {.width = 100}).find("SEEN BY"), std::string::npos);
}

TEST(RenderText, ColoursOnlyWhenAskedTo) {
  const Report report = testing::split_report();
  const std::string plain = render_text(report, {.colour = false});
  std::string coloured = render_text(report, {.colour = true});
  EXPECT_EQ(plain.find('\x1b'), std::string::npos);
  ASSERT_NE(coloured.find("\x1b[1;31mFAIL\x1b[0m"), std::string::npos);
  for (std::size_t at = 0; (at = coloured.find('\x1b')) != std::string::npos;)
    coloured.erase(at, coloured.find('m', at) - at + 1);
  EXPECT_EQ(coloured, plain);
}

// A container chooses its process names, link targets and chain names.
TEST(RenderText, LetsNoForeignByteReachTheTerminal) {
  for (const bool verbose : {false, true})
    for (const bool quiet : {false, true}) {
      const std::string text = render_text(testing::hostile_report(),
                                           {.width = 100, .verbose = verbose, .quiet = quiet});
      EXPECT_TRUE(std::ranges::all_of(
          text, [](char byte) { return byte == '\n' || (byte >= ' ' && byte <= '~'); }));
      for (const std::string& line : lines_of(text))
        EXPECT_FALSE(line.starts_with("verdict: pass"));
    }
}

TEST(RenderExplanation, ShowsEveryPartOfEveryCheck) {
  for (const Check& check : all_checks()) {
    SCOPED_TRACE(check.id);
    const std::string text = render_explanation(check, {.width = 80});
    EXPECT_TRUE(text.starts_with(std::string{check.id} + " ("));
    for (const std::string_view title :
         {"LOOKS FOR", "WHY IT MATTERS", "HOW TO MEND IT", "SOURCES"})
      EXPECT_NE(text.find(title), std::string::npos) << title;
  }
}

TEST(RenderCheckList, HasOneLineForEachCheck) {
  const std::string text = render_check_list({.width = 120});
  EXPECT_EQ(lines_of(text).size(), all_checks().size() + 1);
  for (const Check& check : all_checks())
    EXPECT_NE(text.find(std::string{"\n"}.append(check.id) + " "), std::string::npos) << check.id;
}

}  // namespace
}  // namespace iptmode
