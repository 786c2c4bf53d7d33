// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "iptmode/render.h"
#include "iptmode/report.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

using testing::a_node;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// One warning: two owners that do not rely on each other stand in different backends.
testing::NodeBuilder doubtful() {
  return a_node().legacy_rules(Owner::libvirt, 4).edit([](Snapshot& snapshot) {
    snapshot.taken_at = 1769854830;  // 2026-01-31
  });
}

Exception accepting(std::string check, std::string_view until = "2026-12-31") {
  return {.check = std::move(check),
          .subject = "libvirt*",
          .reason = "known",
          .expires = day_from_string(until),
          .line = 4};
}

const CheckResult& result(const Report& report, std::string_view id) {
  return *std::ranges::find(report.checks, id, &CheckResult::id);
}

ExceptionState state_of(const Snapshot& snapshot, const Exception& exception,
                        const Selection& selection = {}) {
  return judge(snapshot, selection, std::span{&exception, 1}).exceptions.at(0).state;
}

TEST(JudgeWithExceptions, DecidesAsIfTheFindingWereNotThereAndKeepsIt) {
  ASSERT_EQ(judge(doubtful()).verdict, Verdict::warn);
  const std::vector exceptions{accepting("mode_split")};
  const Report report = judge(doubtful(), {}, exceptions);
  EXPECT_EQ(report.verdict, Verdict::pass);
  EXPECT_FALSE(worst(report) >= Severity::warning);
  const CheckResult& check = result(report, "mode_split");
  EXPECT_EQ(check.status, CheckStatus::pass);
  ASSERT_EQ(check.findings.size(), 1U);
  EXPECT_TRUE(check.findings[0].suppressed);
  EXPECT_EQ(check.message, "1 finding, covered by exceptions");
  EXPECT_EQ(report.summary.suppressed, 1U);
  EXPECT_EQ(report.exceptions.at(0).state, ExceptionState::in_use);
  EXPECT_EQ(report.exceptions.at(0).findings, 1U);
}

TEST(JudgeWithExceptions, TellsWhichCanGo) {
  EXPECT_EQ(state_of(doubtful(), accepting("mode_split")), ExceptionState::in_use);
  EXPECT_EQ(state_of(a_node(), accepting("mode_split")), ExceptionState::unmatched);
  EXPECT_EQ(state_of(doubtful(), accepting("nat_order")), ExceptionState::unmatched);
  EXPECT_EQ(state_of(doubtful(), accepting("mode_split", "2026-01-30")), ExceptionState::expired);
  EXPECT_EQ(judge(doubtful(), {}, std::vector{accepting("mode_split", "2026-01-30")}).verdict,
            Verdict::warn);
}

TEST(JudgeWithExceptions, CallsNoneUselessWhoseCheckHasNotDecided) {
  const Snapshot blind = a_node().unread(Backend::legacy);
  EXPECT_EQ(state_of(blind, accepting("mode_split")), ExceptionState::not_judged);
  EXPECT_EQ(state_of(a_node(), accepting("mode_split"), {.skip = {"mode_split"}}),
            ExceptionState::not_judged);
}

// A finding that is accepted must not make a check pass that could not see all.
TEST(JudgeWithExceptions, NeverTurnsAGapIntoAPass) {
  const auto blind = doubtful().unread(Backend::nf_tables);
  const Report report = judge(blind, {}, std::vector{accepting("mode_split")});
  EXPECT_EQ(report.verdict, Verdict::unknown);
  EXPECT_NE(result(report, "mode_split").status, CheckStatus::pass);
}

TEST(Exceptions, AreInEveryForm) {
  const std::vector exceptions{accepting("mode_split"), accepting("nat_order"),
                               accepting("hint_absent", "2020-01-01")};
  const Report report = judge(doubtful(), {}, exceptions);
  const std::string text = render_text(report, {.width = 200});
  EXPECT_THAT(text, HasSubstr("(suppressed by an exception)"));
  EXPECT_THAT(text, HasSubstr("EXCEPTIONS\n"));
  EXPECT_THAT(text, HasSubstr("mode_split libvirt* (line 4) covers 1 finding until 2026-12-31"));
  EXPECT_THAT(text, HasSubstr("  stale   nat_order libvirt* (line 4) matches nothing"));
  EXPECT_THAT(text, HasSubstr("  stale   hint_absent libvirt* (line 4) expired on 2020-01-01"));
  EXPECT_THAT(text, HasSubstr("1 suppressed"));
  const std::string json = render_json(report);
  EXPECT_THAT(json, HasSubstr("\"state\": \"unmatched\""));
  EXPECT_THAT(json, HasSubstr("\"expires\": \"2020-01-01\""));
  const std::string metrics = render_prometheus(report);
  EXPECT_THAT(metrics, HasSubstr("iptmode_exceptions{state=\"inUse\"} 1\n"));
  EXPECT_THAT(metrics, HasSubstr("iptmode_exceptions{state=\"expired\"} 1\n"));
  EXPECT_THAT(metrics, HasSubstr("iptmode_suppressed_findings 1\n"));
  const std::string nagios = render_nagios(report, ServiceState::ok);
  EXPECT_THAT(nagios, HasSubstr(" suppressed=1;;;0\n"));
  EXPECT_THAT(nagios, HasSubstr("exception nat_order libvirt* (line 4) matches nothing"));
  EXPECT_THAT(nagios, Not(HasSubstr("exception mode_split")));
}

TEST(Exceptions, LeaveNoTraceWhereThereAreNone) {
  EXPECT_THAT(render_text(judge(doubtful()), {.width = 200}), Not(HasSubstr("EXCEPTIONS")));
  EXPECT_THAT(render_json(judge(doubtful())), HasSubstr("\"exceptions\": []"));
}

}  // namespace
}  // namespace iptmode
