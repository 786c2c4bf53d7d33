// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "iptmode/cross_verdict.h"
#include "iptmode/rule_text.h"

namespace iptmode {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Outcome = ReadingVerdict::Outcome;

/// One table `ip filter` and what readers print of it.
class Node {
 public:
  Node& shape(const std::string& words, bool native = false) {
    RuleShape shape{.chain = "INPUT", .rules = 1, .native = native};
    shape.rule = parse_rule_text("-A X " + words, IpFamily::ipv4).value().rule;
    shapes_.push_back(shape);
    return *this;
  }

  Node& overlooked(const std::string& name) {
    shapes_.back().rule.conditions.push_back(
        {.field = Field::extension, .name = name, .decoded = false});
    return *this;
  }

  Node& reader(const std::string& version, const std::vector<std::string>& rules) {
    std::string text = "*filter\n";
    for (std::size_t at = 0; at < rules.size(); ++at)
      text += "-A s" + std::to_string(at) + " " + rules[at] + "\n";
    return reader(version,
                  SaveRun{.outcome = SaveRun::Outcome::printed, .text = text + "COMMIT\n"});
  }

  Node& reader(const std::string& version, const SaveRun& run) {
    ReaderReadings readings{.reader = {.label = version, .version = version_from_string(version)}};
    readings.families.push_back({.family = IpFamily::ipv4, .whole = run});
    cross_.readers.push_back(readings);
    return *this;
  }

  Node& alone(std::uint32_t shape, const SaveRun& run) {
    cross_.readers.back().families.front().alone.push_back(
        {.table = "filter", .shape = shape, .run = run});
    return *this;
  }

  Node& set_aside(std::uint32_t shape, const std::string& reason) {
    cross_.set_aside.push_back(
        {.family = IpFamily::ipv4, .table = "filter", .shape = shape, .reason = reason});
    return *this;
  }

  const CrossVerdict& judged() {
    snapshot_.cross_reading = cross_;
    NftTable table{.family = "ip", .name = "filter", .compat = true, .shapes = shapes_};
    snapshot_.networks = {NetworkState{.nft = std::vector{table}}};
    verdict_ = judge_readings(snapshot_);
    return verdict_;
  }

  ReadingVerdict cell(std::size_t shape, std::size_t reader) {
    return judged().shapes.at(shape).cells.at(reader);
  }

 private:
  std::vector<RuleShape> shapes_ = {};
  CrossReading cross_ = {};
  Snapshot snapshot_ = {};
  CrossVerdict verdict_ = {};
};

SaveRun printed(const std::string& rules) {
  return {.outcome = SaveRun::Outcome::printed, .text = "*filter\n" + rules + "COMMIT\n"};
}

constexpr const char* kMark = "-m mark --mark 0x4000/0x4000 -j DROP";

TEST(JudgedReadings, CatchTheOldReaderThatLosesAMark) {
  Node node;
  node.shape(kMark).reader("1.8.9", {kMark}).reader("1.8.7", {"-j DROP"});
  EXPECT_EQ(node.cell(0, 0).outcome, Outcome::same);
  EXPECT_EQ(node.cell(0, 1).outcome, Outcome::misread);
  EXPECT_THAT(node.cell(0, 1).differences, ElementsAre("--mark 0x4000/0x4000 is missing"));
  EXPECT_EQ(node.cell(0, 1).reading, "-j DROP");
  EXPECT_EQ(node.judged().shapes[0].reference, kMark);
  EXPECT_TRUE(node.judged().shapes[0].agreed);
}

TEST(JudgedReadings, CatchItWithoutAnyNewReader) {
  Node node;
  node.shape(kMark).reader("1.8.7", {"-j DROP"});
  EXPECT_EQ(node.cell(0, 0).outcome, Outcome::misread);
  EXPECT_FALSE(node.judged().shapes[0].agreed);
}

TEST(JudgedReadings, ClearAnOldNumberThatReadsWell) {
  Node node;
  node.shape(kMark).reader("1.8.4", {kMark});
  EXPECT_EQ(node.cell(0, 0).outcome, Outcome::same_meaning);
}

TEST(JudgedReadings, KnowOtherWordsOfTheSameMeaning) {
  Node node;
  node.shape("-p tcp -m tcp --dport 80 -j ACCEPT")
      .reader("1.8.11", {"-p tcp -m tcp --dport 80 -j ACCEPT"})
      .reader("1.8.9", {"-p 6 -m tcp --dport 80 -j ACCEPT"});
  EXPECT_EQ(node.cell(0, 0).outcome, Outcome::same);
  EXPECT_EQ(node.cell(0, 1).outcome, Outcome::same_meaning);
}

TEST(JudgedReadings, AccuseNobodyWhereAllNewReadersContradictTheExpressions) {
  Node node;
  node.shape(kMark).reader("1.8.9", {"-j DROP"}).reader("1.8.11", {"-j DROP"});
  EXPECT_EQ(node.cell(0, 0).outcome, Outcome::undecided);
  EXPECT_EQ(node.cell(0, 1).outcome, Outcome::undecided);
  EXPECT_FALSE(node.judged().shapes[0].agreed);
}

TEST(JudgedReadings, CatchWhatAllOfThemOverlookInANativeRule) {
  Node node;
  node.shape("-p tcp -j ACCEPT", true)
      .overlooked("lookup")
      .reader("1.8.9", {"-p tcp -j ACCEPT"})
      .reader("1.8.11", {"-p tcp -j ACCEPT"});
  EXPECT_EQ(node.cell(0, 1).outcome, Outcome::misread);
  EXPECT_THAT(node.cell(0, 1).differences, ElementsAre("[lookup] is missing"));
  EXPECT_FALSE(node.judged().shapes[0].agreed);
}

TEST(JudgedReadings, LeaveOpenWhatIsNotDecodedAndDiffersInWordsOnly) {
  Node node;
  node.shape("-j ACCEPT")
      .overlooked("newmatch")
      .reader("1.8.11", {"-m newmatch --a 1 -j ACCEPT"})
      .reader("1.8.7", {"-m newmatch --b 1 -j ACCEPT"});
  EXPECT_EQ(node.cell(0, 0).outcome, Outcome::same);
  EXPECT_EQ(node.cell(0, 1).outcome, Outcome::undecided);
}

TEST(JudgedReadings, NoteARuleThatVanished) {
  Node node;
  node.shape("-j DROP").reader("1.8.7", std::vector<std::string>{});
  EXPECT_EQ(node.cell(0, 0).outcome, Outcome::misread);
  EXPECT_THAT(node.cell(0, 0).differences, ElementsAre("the whole rule is missing"));
}

TEST(JudgedReadings, PinABlindTableToTheRuleThatBlinds) {
  Node node;
  node.shape("-p tcp -m tcp --dport 80:90 -j DROP").shape("-j DROP");
  node.reader("1.8.7", SaveRun{.outcome = SaveRun::Outcome::incomplete,
                               .detail = "is incompatible",
                               .text = "# Table `filter' is incompatible, use 'nft' tool.\n"});
  node.alone(0, {.outcome = SaveRun::Outcome::incomplete, .detail = "is incompatible"});
  node.alone(1, printed("-A s1 -j DROP\n"));
  const CrossVerdict& verdict = node.judged();
  EXPECT_EQ(verdict.shapes[0].cells[0].outcome, Outcome::unreadable);
  EXPECT_EQ(verdict.shapes[1].cells[0].outcome, Outcome::same_meaning);
  ASSERT_EQ(verdict.blind[0].size(), 1U);
  EXPECT_THAT(verdict.blind[0][0].because, ElementsAre(0U));
  EXPECT_EQ(verdict.blind[0][0].detail, "is incompatible");
}

TEST(JudgedReadings, DoNotTakeATableWithoutItsEndForRead) {
  Node node;
  node.shape("-j DROP");
  node.reader("1.8.9", SaveRun{.outcome = SaveRun::Outcome::refused,
                               .detail = "exit status 3",
                               .text = "*filter\n-A s0 -j DROP\n"});
  EXPECT_EQ(node.cell(0, 0).outcome, Outcome::not_asked);
  EXPECT_EQ(node.judged().blind[0].size(), 1U);
}

TEST(JudgedReadings, SayWhyAShapeWasNotAsked) {
  Node node;
  node.shape("-j DROP").reader("1.8.9", {"-j ACCEPT"}).set_aside(0, "No such file or directory");
  EXPECT_EQ(node.cell(0, 0).outcome, Outcome::not_asked);
  EXPECT_EQ(node.cell(0, 0).reading, "No such file or directory");
  Node failed;
  failed.shape("-j DROP").reader("1.8.9", SaveRun{.detail = "it could not be started"});
  EXPECT_EQ(failed.cell(0, 0).reading, "it could not be started");
  EXPECT_THAT(failed.judged().blind[0], IsEmpty());
}

TEST(JudgedReadings, AreNoneWithoutACrossReading) {
  Snapshot snapshot;
  EXPECT_THAT(judge_readings(snapshot).shapes, IsEmpty());
  snapshot.cross_reading = CrossReading{.skipped = "user namespaces are switched off"};
  EXPECT_THAT(judge_readings(snapshot).shapes, IsEmpty());
}

}  // namespace
}  // namespace iptmode
