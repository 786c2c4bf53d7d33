// SPDX-License-Identifier: GPL-2.0-or-later
#include "evidence/rule_domains.h"

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "snapshot_builder.h"

namespace iptmode::evidence {
namespace {

using std::chrono::steady_clock;
using ::testing::ElementsAre;
using ::testing::SizeIs;

class RuleDomains : public ::testing::Test {
 protected:
  void add_network(NamespaceId id, ImpostorReason impostor, pid_t pid) {
    snapshot_.networks.push_back({.network_namespace = id});
    if (pid != 0)
      snapshot_.components.push_back({.kind = ComponentKind::kube_proxy,
                                      .pid = pid,
                                      .network_namespace = id,
                                      .impostor = impostor});
  }

  /// What is read, as "path words", and in evidence_ what is missing.
  std::vector<std::string> read_all(steady_clock::time_point deadline) {
    const auto proc = collect::ProcDirectory::open("/proc");
    auto host = collect::HostRoot::open("/", proc->fd());
    Sight sight{.snapshot = snapshot_,
                .proc = *proc,
                .host = *host,
                .deadline = deadline,
                .evidence = evidence_};
    for_each_domain(sight, "legacy", [](Sight& at, const RuleDomain& domain) {
      at.add(domain.path("legacy"), domain.words, "");
    });
    std::vector<std::string> read;
    for (const bundle::Item& item : evidence_.items) read.push_back(item.path + item.about);
    return read;
  }
  std::vector<std::string> read_all() {
    return read_all(steady_clock::now() + std::chrono::hours{1});
  }

  Snapshot snapshot_ = iptmode::testing::a_node();
  bundle::Evidence evidence_ = {};
};

TEST_F(RuleDomains, AreTheNodesOwnAndThoseThatHoldAnother) {
  add_network(77, ImpostorReason::none, 812);
  EXPECT_THAT(read_all(), ElementsAre("rules/legacy",
                                      "rules/net-77/legacy, network namespace 77 "
                                      "(kube-proxy, pid 812)"));
  EXPECT_THAT(evidence_.missing, SizeIs(0));
}

TEST_F(RuleDomains, WithoutAProcessThatMayBeBelievedAreMissing) {
  add_network(77, ImpostorReason::none, 0);
  add_network(78, ImpostorReason::no_net_admin, 813);
  EXPECT_THAT(read_all(), ElementsAre("rules/legacy"));
  ASSERT_THAT(evidence_.missing, SizeIs(2));
  EXPECT_EQ(evidence_.missing[0].path, "rules/net-77/legacy");
  EXPECT_EQ(evidence_.missing[0].reason, "no process is known in this network namespace");
  EXPECT_EQ(evidence_.missing[1].path, "rules/net-78/legacy");
}

TEST_F(RuleDomains, AreBoundedInNumberAndTime) {
  for (pid_t i = 0; i < 9; ++i)
    add_network(static_cast<NamespaceId>(70 + i), ImpostorReason::none, 800 + i);
  EXPECT_THAT(read_all(), SizeIs(8));
  ASSERT_THAT(evidence_.missing, SizeIs(2));
  EXPECT_EQ(evidence_.missing[1].reason, "only 8 namespaces are read");

  evidence_ = {};
  EXPECT_THAT(read_all(steady_clock::now()), SizeIs(1));
  EXPECT_EQ(evidence_.missing.front().reason, "the time was over (--timeout)");
}

TEST_F(RuleDomains, AreNotEnteredThroughAProcessThatHasMovedOn) {
  add_network(77, ImpostorReason::none, ::getpid());  // which is somewhere else
  const auto proc = collect::ProcDirectory::open("/proc");
  auto host = collect::HostRoot::open("/", proc->fd());
  const Sight sight{.snapshot = snapshot_, .proc = *proc, .host = *host, .evidence = evidence_};
  const RuleDomain domain{.network = &snapshot_.networks.back(), .witness = ::getpid()};
  EXPECT_EQ(domain.enter(sight).error().code, std::errc::no_such_process);
}

}  // namespace
}  // namespace iptmode::evidence
