// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "finding_matchers.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace iptmode::testing;

NodeBuilder used_by(std::vector<HostWriter> writers, NodeBuilder node = a_node()) {
  return node.edit([&](Snapshot& snapshot) { snapshot.host_writers = std::move(writers); });
}

const HostWriter kRcLocal{.kind = HostWriterKind::script,
                          .writer = "/etc/rc.local",
                          .evidence = "/etc/rc.local:4: iptables -F"};
const HostWriter kDaemon{.kind = HostWriterKind::process,
                         .writer = "dockerd (pid 7)",
                         .evidence = "dockerd runs on the host"};

TEST(HostIptables, OfTheOtherBackendIsAWarningWhereSomethingUsesIt) {
  const CheckResult result = result_of(
      "backend_mismatch", used_by({kRcLocal}, a_node().host_iptables(Backend::legacy, "1.8.9")));
  ASSERT_THAT(result.findings, SizeIs(1));
  EXPECT_EQ(result.findings[0].severity, Severity::warning);
  EXPECT_EQ(result.findings[0].subject, "host");
  EXPECT_THAT(text_of(result.findings[0]),
              AllOf(HasSubstr("/etc/rc.local uses it: its rules"),
                    HasSubstr("/etc/rc.local:4: iptables -F"), HasSubstr("update-alternatives")));
}

TEST(HostIptables, OfTheOtherBackendIsANoteWhereNothingUsesIt) {
  for (const auto& writers : {std::vector<HostWriter>{}, std::vector{kDaemon}}) {
    const CheckResult result = result_of(
        "backend_mismatch", used_by(writers, a_node().host_iptables(Backend::legacy, "1.8.9")));
    ASSERT_THAT(result.findings, SizeIs(1));
    EXPECT_EQ(result.findings[0].severity, Severity::info);
  }
}

TEST(HostIptables, NotesTheDaemonThatUsesItUntilItsRulesAreToldOf) {
  NodeBuilder node = a_node();
  node.host_iptables(Backend::legacy, "1.8.9").also(a_component(ComponentKind::dockerd, 7));
  const CheckResult idle = result_of("backend_mismatch", used_by({kDaemon}, node));
  ASSERT_THAT(idle.findings, SizeIs(1));
  EXPECT_THAT(text_of(idle.findings[0]),
              AllOf(HasSubstr("what dockerd (pid 7) adds with it from now on"),
                    HasSubstr("update-alternatives"), HasSubstr("restart dockerd (pid 7)")));

  const Snapshot told = used_by({kDaemon}, node.legacy_rules(Owner::docker, 12));
  EXPECT_THAT(result_of("backend_mismatch", told).findings, IsEmpty());
  EXPECT_THAT(result_of("docker_coexist", told).findings, SizeIs(1));
}

TEST(HostIptables, LeavesUfwsRulesToTheCheckThatKnowsUfw) {
  const HostWriter ufw{.kind = HostWriterKind::service, .writer = "ufw"};
  NodeBuilder node = a_node();
  node.host_iptables(Backend::legacy, "1.8.9");
  EXPECT_THAT(result_of("backend_mismatch", used_by({ufw}, node)).findings, SizeIs(1));
  node.legacy_rules(Owner::ufw, 60);
  EXPECT_THAT(result_of("backend_mismatch", used_by({ufw}, node)).findings, IsEmpty());
  const CheckResult both = result_of("backend_mismatch", used_by({kRcLocal, ufw}, node));
  ASSERT_THAT(both.findings, SizeIs(1));
  EXPECT_THAT(both.findings[0].message, HasSubstr("/etc/rc.local uses it"));
}

TEST(HostIptables, OfTheNodesBackendIsFineWhoeverUsesIt) {
  EXPECT_THAT(result_of("backend_mismatch", used_by({kRcLocal})).findings, IsEmpty());
}

TEST(HostIptables, ThatIsOldIsNamedWithItsUsers) {
  const CheckResult used = result_of(
      "version_skew", used_by({kRcLocal}, a_node().host_iptables(Backend::nf_tables, "1.8.7")));
  ASSERT_THAT(used.findings, SizeIs(1));
  EXPECT_EQ(used.findings[0].severity, Severity::warning);
  EXPECT_THAT(text_of(used.findings[0]), HasSubstr("/etc/rc.local uses it"));

  const CheckResult idle =
      result_of("version_skew", a_node().host_iptables(Backend::nf_tables, "1.8.7"));
  ASSERT_THAT(idle.findings, SizeIs(1));
  EXPECT_EQ(idle.findings[0].severity, Severity::info);
}

}  // namespace
}  // namespace iptmode
