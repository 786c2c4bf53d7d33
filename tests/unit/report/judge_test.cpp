// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include <gtest/gtest.h>

#include "iptmode/report.h"
#include "report/ranking.h"
#include "sample_reports.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

using testing::a_node;
using testing::a_plain_machine;

// Who relies on each other stands apart: an error. Two owners that do not: a warning.
testing::NodeBuilder faulty() {
  return a_node()
      .with(testing::kube_router().legacy("1.8.9"))
      .rules(Backend::nf_tables, Owner::kube_router, 0)
      .legacy_rules(Owner::kube_router, 56);
}
testing::NodeBuilder doubtful() {
  return a_node().legacy_rules(Owner::libvirt, 4);
}

TEST(Judge, DecidesByTheWorstThatIsKnown) {
  struct Case {
    std::string_view name;
    Snapshot snapshot;
    Verdict want;
  };
  const auto gap = [](testing::NodeBuilder node) {
    return node.gap(Fact::nft_rules, "table ip nat").build();
  };
  const Case cases[] = {
      {"healthy", a_node(), Verdict::pass},
      {"a machine without Kubernetes", a_plain_machine(), Verdict::pass},
      {"a warning", doubtful(), Verdict::warn},
      {"a fault", faulty(), Verdict::fail},
      {"a gap that could hide a fault", gap(a_node()), Verdict::unknown},
      {"a gap beside a warning", gap(doubtful()), Verdict::unknown},
      {"a gap beside a fault", gap(faulty()), Verdict::fail},
  };
  for (const auto& [name, snapshot, want] : cases) {
    SCOPED_TRACE(name);
    EXPECT_EQ(to_string(judge(snapshot).verdict), to_string(want));
  }
}

TEST(Judge, PassesOverAGapThatHidesNothing) {
  const Snapshot snapshot = a_node().edit([](Snapshot& all) {
    all.gaps.push_back({.subject = "pid 4711", .reason = "Permission denied"});
  });
  EXPECT_EQ(judge(snapshot).verdict, Verdict::pass);
}

TEST(Judge, IsNotUndecidedByAGapThatNoSelectedCheckNeeds) {
  const Snapshot snapshot = a_node().gap(Fact::kernel_support, "kernel");
  const Report narrow = judge(snapshot, {.only = {"hint_in_both"}});
  EXPECT_EQ(narrow.verdict, Verdict::pass);
  EXPECT_EQ(judge(snapshot).verdict, Verdict::unknown);
}

TEST(Judge, CountsEveryCheckOnce) {
  for (const Snapshot& snapshot : {a_node().build(), faulty().build(), doubtful().build()}) {
    const Summary sum = judge(snapshot).summary;
    EXPECT_EQ(sum.pass + sum.warn + sum.fail + sum.skip + sum.unknown, all_checks().size());
  }
}

TEST(Worst, LeavesSuppressedFindingsOut) {
  Report report = judge(faulty());
  EXPECT_EQ(worst(report), Severity::error);
  for (CheckResult& check : report.checks)
    for (Finding& finding : check.findings) finding.suppressed = true;
  EXPECT_EQ(worst(report), std::nullopt);
}

// Other programs match it with regular expressions and put it into one field of one line.
TEST(Message, IsOneLineOfPlainAsciiWhateverTheNodeHolds) {
  for (const Report& report :
       {testing::healthy_report(), testing::split_report(), testing::blind_report(),
        testing::idle_report(), testing::hostile_report(), judge(faulty()), judge(doubtful())}) {
    SCOPED_TRACE(report.message);
    EXPECT_FALSE(report.message.empty());
    EXPECT_LE(report.message.size(), 200U);
    EXPECT_TRUE(std::ranges::all_of(report.message, [](char byte) {
      return byte >= ' ' && byte <= '~' && byte != '"' && byte != '\\';
    }));
  }
}

TEST(Message, SaysWhatIsInOrderOrThatNothingRuns) {
  EXPECT_EQ(testing::idle_report().message, "no Kubernetes component runs here");
  EXPECT_EQ(testing::healthy_report().message, "kube-proxy, kube-router, kubelet on nf_tables");
  EXPECT_EQ(testing::split_report().message,
            "kube-router writes legacy while kubelet and kube-proxy write nf_tables");
  EXPECT_EQ(testing::blind_report().message.find("could not see all: "), 0U);
}

// What its binary would write is not where it is.
TEST(Message, PutsNobodyWhereItHasNoRules) {
  EXPECT_EQ(judge(a_node().with(testing::kubelet().nft("1.8.9")).no_hint()).message,
            "kube-proxy, kube-router on nf_tables; kubelet without rules");
  const auto unresolved = testing::kube_proxy().unresolved();
  EXPECT_EQ(judge(a_node().with(unresolved).no_rules_of(Owner::kube_proxy)).message,
            "kube-proxy on a wrapper that has not chosen yet; kube-router, kubelet on nf_tables");
}

TEST(Message, NamesTheCapabilitiesThatAreMissing) {
  const Snapshot snapshot = a_node()
                                .gap(Fact::nft_rules, "CAP_NET_ADMIN", "not held")
                                .gap(Fact::legacy_rules, "CAP_NET_ADMIN", "not held")
                                .gap(Fact::installations, "CAP_SYS_ADMIN", "not held");
  EXPECT_EQ(judge(snapshot).message, "could not see all without CAP_NET_ADMIN, CAP_SYS_ADMIN");
}

TEST(Message, PutsTheSubjectInFrontUnlessTheSentenceSpeaksOfIt) {
  const auto message = [](std::string subject, std::string text) {
    const Finding finding{
        .severity = Severity::error, .subject = std::move(subject), .message = std::move(text)};
    return report::message_of(
        {.verdict = Verdict::fail, .checks = {{.id = "x", .findings = {finding}}}});
  };
  EXPECT_EQ(message("k0s (/bin)", "iptables 1.8.9 leads nowhere. It fails."),
            "k0s (/bin): iptables 1.8.9 leads nowhere");
  EXPECT_EQ(message("libvirt in legacy", "libvirt keeps its rules in legacy."),
            "libvirt keeps its rules in legacy");
  EXPECT_EQ(message("pod web/a-1", "Port 80 should lead into this pod."),
            "pod web/a-1: Port 80 should lead into this pod");
  EXPECT_EQ(message("kubelet (tcp 10250)", "It drops packets to kubelet (tcp 10250)."),
            "It drops packets to kubelet (tcp 10250)");
  EXPECT_EQ(message("host", "hostPorts stay dead."), "host: hostPorts stay dead");
  EXPECT_EQ(message("kubelet (pid 9)", "kubelet's hint is in both."), "kubelets hint is in both");
  EXPECT_EQ(message("k0s", "`ip6tables -C` says yes."), "k0s: ip6tables -C says yes");
}

}  // namespace
}  // namespace iptmode
