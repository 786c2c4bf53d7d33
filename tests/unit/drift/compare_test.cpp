// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cross_readings.h"
#include "facts_of.h"

namespace iptmode {
namespace {

using testing::a_node;
using ::testing::AllOf;
using ::testing::Contains;
using testing::drift_of;
using ::testing::ElementsAre;
using testing::facts_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Snapshot with_router_on_legacy() {
  return a_node()
      .with(testing::kube_router().legacy("1.8.9"))
      .no_rules_of(Owner::kube_router)
      .legacy_rules(Owner::kube_router, 56);
}

TEST(Compare, NamesARegressionInOneLine) {
  const auto drift = drift_of(a_node(), with_router_on_legacy());
  EXPECT_THAT(drift, Contains("regression kube-router: nf_tables 1.8.9 -> legacy 1.8.9"));
  EXPECT_THAT(drift, Contains("regression kube-router, in the kernel: nf_tables -> legacy"));
  EXPECT_THAT(drift, Contains(HasSubstr("regression finding backend_mismatch kube-router: "
                                        "not there -> ")));
}

TEST(Compare, TellsARecoveryByTheSameFindings) {
  const auto drift = drift_of(with_router_on_legacy(), a_node());
  EXPECT_THAT(drift, Contains("recovery kube-router: legacy 1.8.9 -> nf_tables 1.8.9"));
  EXPECT_THAT(drift, Contains(HasSubstr("-> gone")));
  EXPECT_THAT(drift, Not(Contains(HasSubstr("regression"))));
}

TEST(Compare, CallsAnUpgradeAChange) {
  const Snapshot upgraded = a_node().with(testing::kube_proxy().nft("1.8.13"));
  EXPECT_THAT(drift_of(a_node(), upgraded),
              Contains("change kube-proxy: nf_tables 1.8.11 -> nf_tables 1.8.13"));
}

TEST(Compare, SaysOfAComponentOnlyThatItIsGone) {
  std::vector<std::string> about_router;
  for (const std::string& line : drift_of(a_node(), a_node().without(ComponentKind::kube_router)))
    if (line.find(" kube-router") != std::string::npos && line.find("finding") == std::string::npos)
      about_router.push_back(line);
  EXPECT_THAT(about_router, ElementsAre("regression kube-router: runs -> gone"));
}

TEST(Compare, CallsTheEndOfAnotherProgramAChange) {
  const Snapshot with_docker = a_node().with(testing::a_component(ComponentKind::dockerd, 70));
  EXPECT_THAT(drift_of(with_docker, a_node()), Contains("change dockerd: runs -> gone"));
}

/// kube-router's iptables was asked to read a DROP for marked packets, and said this.
Snapshot with_router_that_reads(const std::string& words) {
  testing::CrossReadings node{a_node().build()};
  const std::string drop = "-m mark --mark 0x8000/0x8000 -j DROP";
  node.rule(drop)
      .reader({node.k0s_bin(), node.of(ComponentKind::kube_proxy)}, "1.8.9", {drop})
      .reader({node.of(ComponentKind::kube_router)}, "1.8.9", {words.empty() ? drop : words});
  return node.snapshot();
}

TEST(Compare, TellsAReaderThatBeginsOrStopsToMisread) {
  const Snapshot right = with_router_that_reads({});
  const Snapshot wrong = with_router_that_reads("-j DROP");
  EXPECT_THAT(drift_of(right, wrong),
              Contains("regression finding reader_misreads kube-router: not there -> critical"));
  EXPECT_THAT(drift_of(wrong, right),
              Contains("recovery finding reader_misreads kube-router: critical -> gone"));
}

TEST(Compare, TakesNobodyAskedForNoRecovery) {
  const Snapshot wrong = with_router_that_reads("-j DROP");
  Snapshot skipped = wrong;
  skipped.cross_reading = CrossReading{.skipped = "user namespaces are switched off"};
  const Comparison comparison = compare(facts_of(wrong), facts_of(skipped));
  EXPECT_THAT(comparison.unseen, Contains("finding, reader_misreads kube-router"));
  EXPECT_THAT(drift_of(wrong, skipped),
              AllOf(Contains("change node, cross-reading: nothing -> not possible: user namespaces "
                             "are switched off"),
                    Not(Contains(HasSubstr("reader_misreads")))));
  EXPECT_TRUE(compare(facts_of(skipped), facts_of(skipped)).unchanged());
}

TEST(Compare, PutsRegressionsFirst) {
  const auto changes =
      compare(facts_of(a_node().k0s_mode("nft")), facts_of(with_router_on_legacy())).changes;
  ASSERT_FALSE(changes.empty());
  EXPECT_EQ(changes.front().grade, Grade::regression);
  EXPECT_TRUE(std::is_sorted(changes.begin(), changes.end(),
                             [](const Change& a, const Change& b) { return a.grade < b.grade; }));
}

Comparison against_accepted(const Snapshot& before, const Snapshot& now,
                            std::span<const Exception> exceptions) {
  return compare(stable_facts(before, diagnose(before, {}, exceptions)),
                 stable_facts(now, diagnose(now, {}, exceptions)));
}

TEST(Compare, SetsFindingsApartThatAnExceptionCovers) {
  const Snapshot now = with_router_on_legacy();
  std::vector<Exception> exceptions;
  for (const CheckResult& check : diagnose(now))
    exceptions.push_back({.check = std::string{check.id}, .reason = "known"});
  for (const auto& comparison :
       {against_accepted(a_node(), now, exceptions), against_accepted(now, a_node(), exceptions)}) {
    EXPECT_THAT(comparison.excepted, Not(IsEmpty()));
    for (const Change& change : comparison.changes) EXPECT_NE(change.subject, "finding");
  }
  EXPECT_THAT(against_accepted(now, now, exceptions).excepted, IsEmpty());
}

TEST(Compare, CallsItARegressionWhenAnExceptionEnds) {
  const Snapshot snapshot = with_router_on_legacy();
  const std::vector<Exception> exceptions{{.check = "backend_mismatch", .reason = "known"}};
  const Comparison ended =
      compare(stable_facts(snapshot, diagnose(snapshot, {}, exceptions)), facts_of(snapshot));
  ASSERT_EQ(ended.changes.size(), 1U);
  EXPECT_EQ(ended.changes.front().grade, Grade::regression);
  const Comparison begun =
      compare(facts_of(snapshot), stable_facts(snapshot, diagnose(snapshot, {}, exceptions)));
  EXPECT_THAT(begun.changes, IsEmpty());
  EXPECT_EQ(begun.excepted.size(), 1U);
}

// What a gap hides is undecided, never "gone".
TEST(Compare, ReportsNothingThatAGapHides) {
  const Snapshot blind = a_node().unread(Backend::nf_tables);
  const Comparison comparison = compare(facts_of(a_node()), facts_of(blind));
  EXPECT_THAT(comparison.changes, IsEmpty());
  EXPECT_TRUE(comparison.blind);
  EXPECT_FALSE(comparison.unchanged());
  EXPECT_THAT(comparison.unseen, Contains("kube-proxy, in the kernel"));
  EXPECT_NE(fingerprint(facts_of(blind)), fingerprint(facts_of(a_node())));
}

TEST(Compare, ReportsWhatIsSeenInSpiteOfAGap) {
  const Snapshot half_blind =
      a_node().with(testing::kube_router().legacy("1.8.9")).unread(Backend::legacy);
  const Comparison comparison = compare(facts_of(a_node()), facts_of(half_blind));
  EXPECT_TRUE(comparison.blind);
  std::vector<std::string> lines;
  for (const Change& change : comparison.changes) lines.push_back(to_string(change));
  EXPECT_THAT(lines, Contains("kube-router: nf_tables 1.8.9 -> legacy 1.8.9"));
}

// A gap that hides processes may hide any component.
TEST(Compare, DoesNotCallAComponentGoneThatMayBeHidden) {
  const Snapshot hidden =
      a_node().without(ComponentKind::kube_router).gap(Fact::processes, "pid 1402");
  const Comparison comparison = compare(facts_of(a_node()), facts_of(hidden));
  EXPECT_THAT(comparison.changes, IsEmpty());
  EXPECT_THAT(comparison.unseen, Contains("kube-router, process"));
}

Snapshot with_host(const testing::InstallationBuilder& host) {
  return a_node().host(host);
}

// The five other names are kept as deviations from `iptables`, which they do not follow here.
TEST(Compare, TellsTheChangeOfOneLinkInOneLine) {
  const auto stock = testing::an_installation().links(Backend::nf_tables, "1.8.9");
  auto one_link = stock;
  one_link.link("iptables", Backend::legacy, "1.8.9");
  const auto of_host = [](const std::vector<std::string>& drift) {
    std::vector<std::string> lines;
    for (const std::string& line : drift)
      if (line.find(" host") != std::string::npos && line.find("could use") == std::string::npos)
        lines.push_back(line);
    return lines;
  };
  EXPECT_THAT(of_host(drift_of(with_host(stock), with_host(one_link))),
              ElementsAre(HasSubstr("host: nf_tables 1.8.9 -> legacy 1.8.9")));
  auto another = stock;
  another.link("ip6tables", Backend::legacy, "1.8.9");
  EXPECT_THAT(of_host(drift_of(with_host(stock), with_host(another))),
              ElementsAre(HasSubstr("host, ip6tables: nf_tables 1.8.9 -> legacy 1.8.9")));
  const auto all = testing::an_installation().links(Backend::legacy, "1.8.9");
  EXPECT_THAT(of_host(drift_of(with_host(stock), with_host(all))),
              ElementsAre(HasSubstr("host: nf_tables 1.8.9 -> legacy 1.8.9")));
  EXPECT_THAT(of_host(drift_of(with_host(one_link), with_host(all))), ::testing::SizeIs(5));
}

TEST(Compare, TellsTheLinksWhereTheProgramStaysTheSame) {
  const auto with_chain = [](std::string last) {
    return a_node().edit([&](Snapshot& all) {
      for (Program& program : all.k0s->installation.programs)
        program.chain = {"/var/lib/k0s/bin/" + program.name, last};
    });
  };
  EXPECT_THAT(drift_of(with_chain("/opt/nft-multi"), with_chain("/opt/iptables-nft")),
              ElementsAre(::testing::AllOf(HasSubstr("change k0s, link chain: "),
                                           HasSubstr("/opt/iptables-nft"))));
}

TEST(Compare, CallsTheLossOfItsRulesARegression) {
  const Snapshot lost = a_node().no_rules_of(Owner::kube_router);
  EXPECT_THAT(drift_of(a_node(), lost),
              Contains("regression kube-router, in the kernel: nf_tables -> nothing"));
  EXPECT_THAT(drift_of(lost, a_node()),
              Not(Contains(HasSubstr("regression kube-router, in the kernel"))));
}

std::vector<StableFact> with_finding(Severity severity, std::string subject) {
  const Finding finding{.severity = severity, .subject = std::move(subject)};
  return stable_facts(a_node(), {{.id = "required_ports", .findings = {finding}}});
}

TEST(Compare, CountsNoNotes) {
  const auto none = stable_facts(a_node(), {});
  EXPECT_EQ(with_finding(Severity::info, "kubelet (tcp 10250)"), none);
  EXPECT_TRUE(compare(none, with_finding(Severity::info, "kubelet (tcp 10250)")).unchanged());
  const auto milder = compare(with_finding(Severity::warning, "kubelet (tcp 10250)"),
                              with_finding(Severity::info, "kubelet (tcp 10250)"));
  ASSERT_EQ(milder.changes.size(), 1U);
  EXPECT_EQ(milder.changes.front().grade, Grade::recovery);
}

TEST(Compare, TellsPodsApartByTheirNumber) {
  const auto changes = compare(with_finding(Severity::error, "pod default/web-0"),
                               with_finding(Severity::error, "pod default/web-1"))
                           .changes;
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes.front().grade, Grade::regression);
  EXPECT_EQ(changes.front().aspect, "required_ports pod default/web-1");
}

}  // namespace
}  // namespace iptmode
