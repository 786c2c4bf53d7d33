// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "finding_matchers.h"
#include "path_builder.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace iptmode::testing;

Rule accept_port(std::uint64_t port, std::uint64_t protocol = 6) {
  const auto value = [](std::uint64_t number, std::size_t bytes) {
    return Interval{big_endian(number, bytes), big_endian(number, bytes)};
  };
  return {.conditions = {{.field = Field::protocol, .any_of = {value(protocol, 1)}},
                         {.field = Field::destination_port, .any_of = {value(port, 2)}}},
          .action = {.kind = Action::Kind::accept}};
}

/// A worker with kube-router and an input policy of drop behind these rules.
Snapshot a_closed_node(std::vector<Rule> rules, NodeRole role = NodeRole::worker) {
  return a_node().role(role).edit([&](Snapshot& snapshot) {
    give_uplink(snapshot, {6443, 10250, 179});
    add_base(snapshot, {.policy = "drop", .rules = std::move(rules)});
  });
}

TEST(RequiredPorts, NamesEachClosedPortAndThePolicyThatClosesIt) {
  const CheckResult result = result_of("required_ports", a_closed_node({accept_port(10250)}));
  EXPECT_EQ(result.status, CheckStatus::fail);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_THAT(text_of(result.findings[0]),
              AllOf(HasSubstr("kube-router BGP (tcp 179)"), HasSubstr("a socket listens there"),
                    HasSubstr("that comes in by eth0: dropped by nf_tables ip filter INPUT, policy "
                              "drop"),
                    HasSubstr("-t filter -I INPUT -p tcp --dport 179 -j ACCEPT")));
}

TEST(RequiredPorts, IsSilentWhereEverythingNeededIsOpen) {
  EXPECT_EQ(
      result_of("required_ports", a_closed_node({accept_port(10250), accept_port(179)})).status,
      CheckStatus::pass);
}

TEST(RequiredPorts, AsksForAControllersPortsOnAControllerOnly) {
  const std::vector<Rule> worker{accept_port(10250), accept_port(179)};
  const CheckResult result =
      result_of("required_ports", a_closed_node(worker, NodeRole::controller_worker));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].subject, "kube-apiserver (tcp 6443)");
  EXPECT_EQ(result.findings[0].severity, Severity::error);
}

TEST(RequiredPorts, DoesNotAskForABgpPortWithoutKubeRouter) {
  Snapshot snapshot = a_closed_node({accept_port(10250)});
  std::erase_if(snapshot.components, [](const Component& component) {
    return component.kind == ComponentKind::kube_router;
  });
  EXPECT_EQ(result_of("required_ports", snapshot).status, CheckStatus::pass);
}

TEST(RequiredPorts, FindsADropBehindAnAcceptOfAnotherTable) {
  Snapshot snapshot = a_node().edit([](Snapshot& node) {
    give_uplink(node, {10250, 179});
    add_base(node, {.rules = {accept_port(10250)}});
    add_base(node, {.family = "inet",
                    .table = "firewalld",
                    .chain = "filter_INPUT",
                    .rules = {{.action = {.kind = Action::Kind::reject}}}});
  });
  const CheckResult result = result_of("required_ports", snapshot);
  ASSERT_EQ(result.findings.size(), 2U);
  EXPECT_THAT(text_of(result.findings[0]),
              AllOf(HasSubstr("rejects new packets"), HasSubstr("firewall-cmd --permanent")));
}

TEST(RequiredPorts, ShowsTheRuleThatItCannotDecide) {
  Rule unknown{.conditions = {{.name = "set", .arguments = "--match-set #3 src", .decoded = false}},
               .action = {.kind = Action::Kind::accept}};
  const CheckResult result =
      result_of("required_ports", a_closed_node({unknown, accept_port(179)}));
  EXPECT_EQ(result.status, CheckStatus::pass);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::info);
  EXPECT_THAT(text_of(result.findings[0]),
              AllOf(HasSubstr("kubelet (tcp 10250)"), HasSubstr("[set --match-set #3 src]")));
}

TEST(RequiredPorts, LooksAtWhatAWorkerSends) {
  Snapshot snapshot = a_node().edit([](Snapshot& node) {
    give_uplink(node, {});
    add_base(node,
             {.chain = "OUTPUT", .hook = "output", .policy = "drop", .rules = {accept_port(6443)}});
  });
  const CheckResult result = result_of("required_ports", snapshot);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].subject, "konnectivity (tcp 8132, outbound)");
}

TEST(RequiredPorts, SkipsAndDoesNotPassWhereItCannotAsk) {
  EXPECT_EQ(result_of("required_ports", a_plain_machine()).status, CheckStatus::skip);
  EXPECT_EQ(result_of("required_ports", a_node()).status, CheckStatus::skip);
  EXPECT_EQ(result_of("required_ports", a_node().gap(Fact::packet_path, "nft rules")).status,
            CheckStatus::unknown);
}

}  // namespace
}  // namespace iptmode
