// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cross_readings.h"
#include "diagnose/native_expressions.h"
#include "finding_matchers.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace iptmode::testing;
using namespace std::string_literals;
using checks::NativeKind;
using checks::Reading;

std::string attribute(std::uint16_t type, const std::string& payload) {
  const auto length = static_cast<std::uint16_t>(payload.size() + 4);
  std::string bytes(reinterpret_cast<const char*>(&length), 2);
  bytes.append(reinterpret_cast<const char*>(&type), 2).append(payload);
  return bytes.append((4 - bytes.size() % 4) % 4, '\0');
}

/// One expression of NFTA_RULE_EXPRESSIONS; `data` is a run of attributes.
std::string an_expression(const std::string& name, const std::string& data = {}) {
  return attribute(1, attribute(1, name + '\0') + attribute(2, data));
}
std::string number(std::uint16_t type, char value) {
  return attribute(type, "\0\0\0"s + value);
}

std::string kinds_in(const std::string& expressions) {
  std::string text;
  for (const auto& native : checks::native_expressions(expressions))
    text += native.name + ":" + std::to_string(static_cast<int>(native.kind)) + " ";
  return text;
}

TEST(NativeExpressions, TellsWhatIptablesWritesFromWhatItDoesNot) {
  EXPECT_EQ(kinds_in(an_expression("match") + an_expression("counter") + an_expression("target") +
                     an_expression("immediate") + an_expression("meta", number(2, 3)) +
                     an_expression("log", number(1, 5)) + an_expression("limit")),
            "");
  EXPECT_EQ(
      kinds_in(an_expression("ct") + an_expression("log") + an_expression("limit", number(5, 1))),
      "ct:0 log:0 limit:0 ");
  EXPECT_EQ(kinds_in(an_expression("lookup") + an_expression("meta", number(2, 18)) +
                     an_expression("meta", number(2, 3) + number(3, 1)) +
                     an_expression("meta", number(2, 10))),
            "lookup:1 meta:2 meta:3 meta:4 ");
}

TEST(NativeExpressions, SurvivesAnyBytes) {
  const std::string whole = an_expression("ct", number(2, 1));
  for (std::size_t length = 0; length <= whole.size(); ++length)
    (void)checks::native_expressions(whole.substr(0, length));
  (void)checks::native_expressions("\xff\xff\0\0"s);
}

TEST(NativeExpressions, KnowsWhatEachReleaseMakesOfThem) {
  EXPECT_EQ(checks::reading_of(NativeKind::looks_up, {1, 8, 13}), Reading::changed);
  EXPECT_EQ(checks::reading_of(NativeKind::hides_table, {1, 8, 7}), Reading::hidden);
  EXPECT_EQ(checks::reading_of(NativeKind::other_meta, {1, 8, 8}), Reading::changed);
  EXPECT_EQ(checks::reading_of(NativeKind::other_meta, {1, 8, 9}), Reading::refused);
  EXPECT_EQ(checks::reading_of(NativeKind::packet_type, {1, 8, 9}), Reading::right);
  EXPECT_EQ(checks::reading_of(NativeKind::sets_mark, {1, 8, 9}), Reading::refused);
  EXPECT_EQ(checks::reading_of(NativeKind::sets_mark, {1, 8, 11}), Reading::right);
}

CheckResult result_with(const std::string& expressions, NodeBuilder node = a_node()) {
  return result_of("native_in_compat", node.edit([&](Snapshot& snapshot) {
    for (NftTable& table : snapshot.networks.front().nft.value())
      if (table.family == "ip" && table.name == "filter")
        table.shapes = {{.chain = "INPUT",
                         .base_chain = true,
                         .rules = 2,
                         .expressions = expressions,
                         .rule = {.action = {.kind = Action::Kind::accept}},
                         .native = true}};
  }));
}

TEST(NativeInCompat, IsCriticalForKubeRouter) {
  const CheckResult result = result_with(an_expression("lookup"));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::critical);
  const std::string text = text_of(result.findings[0]);
  EXPECT_THAT(text, HasSubstr("chain INPUT: `-j ACCEPT`, 2 rules of that form"));
  EXPECT_THAT(text, HasSubstr("kube-router (pid 1402): /sbin/xtables-nft-multi, 1.8.9"));
  EXPECT_THAT(text, HasSubstr("takes them for wider rules than they are"));
}

TEST(NativeInCompat, IsAnErrorForReadersThatOnlyKeepTheirOwnChains) {
  EXPECT_EQ(result_with(an_expression("ct"), a_node().without(ComponentKind::kube_router)).severity,
            Severity::error);
}

TEST(NativeInCompat, WarnsWhereEveryReaderReadsThemRight) {
  EXPECT_EQ(result_with(an_expression("meta", number(2, 18))).status, CheckStatus::warn);
}

/// Every reader was asked about a rule with a set in `ip filter`, and reads it as `reading`.
CrossReadings asked_about_a_set(const std::string& reading) {
  CrossReadings node{a_node().build()};
  node.rule("-p tcp -j ACCEPT", "INPUT").native("lookup");
  for (NftTable& table : node.snapshot().networks.front().nft.value())
    if (!table.shapes.empty()) table.shapes.back().expressions = an_expression("lookup");
  node.reader({node.k0s_bin(), node.of(ComponentKind::kubelet)}, "1.8.9", {reading});
  node.reader({node.host()}, "1.8.9", {reading});
  node.reader({node.of(ComponentKind::kube_proxy)}, "1.8.11", {reading});
  node.reader({node.of(ComponentKind::kube_router)}, "1.8.9", {reading});
  return node;
}

TEST(NativeInCompat, IsANoteOnceTheReadersWereCaught) {
  CrossReadings node = asked_about_a_set("-p tcp -j ACCEPT");
  const CheckResult result = result_of("native_in_compat", node.snapshot());
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::info);
  EXPECT_THAT(text_of(result.findings[0]), HasSubstr("was caught misreading"));
  EXPECT_EQ(result_of("reader_misreads", node.snapshot()).severity, Severity::critical);
}

TEST(NativeInCompat, IsSilentAboutIptablesOwnRules) {
  EXPECT_THAT(result_with(an_expression("match") + an_expression("immediate")).findings, IsEmpty());
}

TEST(NativeInCompat, DoesNotPassWithoutTheTables) {
  EXPECT_EQ(result_of("native_in_compat", a_node().unread(Backend::nf_tables)).status,
            CheckStatus::unknown);
}

}  // namespace
}  // namespace iptmode
