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

/// The cluster's rules in nf_tables, and a forward chain of somebody else.
Snapshot a_node_with(PathBase other) {
  return a_node().edit([&](Snapshot& snapshot) {
    give_uplink(snapshot, {});
    add_base(snapshot, {.chain = "FORWARD",
                        .hook = "forward",
                        .rules = {{.action = {.kind = Action::Kind::accept}}}});
    other.chain = "FORWARD";
    other.hook = "forward";
    add_base(snapshot, other);
  });
}

TEST(DropInOther, FiresForAPolicyInTheOtherBackend) {
  const CheckResult result =
      result_of("drop_in_other", a_node_with({.backend = Backend::legacy, .policy = "drop"}));
  EXPECT_EQ(result.status, CheckStatus::fail);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::critical);
  EXPECT_THAT(text_of(result.findings[0]),
              AllOf(HasSubstr("dropped by legacy filter FORWARD, policy drop"),
                    HasSubstr("nf_tables ip filter: "), HasSubstr("of kube-router"),
                    HasSubstr("-t filter -P FORWARD ACCEPT"),
                    HasSubstr("whatever loads these rules"), Not(HasSubstr("backend_mismatch"))));
}

TEST(DropInOther, SendsToBackendMismatchOnlyWhereThatKnowsTheWriter) {
  Snapshot snapshot = a_node_with({.backend = Backend::legacy, .policy = "drop"});
  const Snapshot switched = a_node().host_iptables(Backend::legacy, "1.8.9");
  snapshot.host = switched.host;
  snapshot.host_writers = {{.kind = HostWriterKind::script, .writer = "/etc/rc.local"}};
  EXPECT_THAT(text_of(result_of("drop_in_other", snapshot).findings.at(0)),
              HasSubstr("see backend_mismatch"));
}

TEST(DropInOther, NamesTheFileThatBringsANativeDropBack) {
  Snapshot snapshot = a_node_with({.family = "inet", .table = "guard", .policy = "drop"});
  snapshot.host_settings->nftables_service = {
      .unit = "/lib/systemd/system/nftables.service",
      .enabled_by = "/etc/systemd/system/x",
      .at_start = {{.file = "/etc/nftables.conf", .line = 3}}};
  EXPECT_THAT(text_of(result_of("drop_in_other", snapshot).findings.at(0)),
              AllOf(HasSubstr("nft 'chain inet guard FORWARD { policy accept; }'"),
                    HasSubstr("look into /etc/nftables.conf, which nftables.service loads")));
  snapshot.host_settings->nftables_service->enabled_by.clear();
  EXPECT_THAT(text_of(result_of("drop_in_other", snapshot).findings.at(0)),
              Not(HasSubstr("nftables.service")));
}

TEST(DropInOther, OpensFirewalldWithoutAReload) {
  Snapshot snapshot = a_node_with({.family = "inet", .table = "firewalld", .policy = "drop"});
  const std::string text = text_of(result_of("drop_in_other", snapshot).findings.at(0));
  EXPECT_THAT(text, AllOf(HasSubstr("firewall-cmd --zone=trusted --add-source=10.244.0.0/16"),
                          HasSubstr("firewall-cmd --permanent --zone=trusted --add-source="),
                          Not(HasSubstr("--reload"))));
}

TEST(DropInOther, FiresForARuleOfANativeTable) {
  const CheckResult result = result_of(
      "drop_in_other", a_node_with({.family = "inet",
                                    .table = "guard",
                                    .rules = {{.action = {.kind = Action::Kind::reject}}}}));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_THAT(text_of(result.findings[0]),
              HasSubstr("rejected by nf_tables inet guard FORWARD, rule 1: -j REJECT"));
}

TEST(DropInOther, IsSilentWhenTheOtherChainLetsPodsPass) {
  EXPECT_EQ(result_of("drop_in_other", a_node_with({.backend = Backend::legacy})).status,
            CheckStatus::pass);
}

TEST(DropInOther, LeavesADropAmongTheClustersOwnRulesAlone) {
  Snapshot snapshot = a_node().edit([](Snapshot& node) {
    give_uplink(node, {});
    add_base(node, {.chain = "FORWARD", .hook = "forward", .policy = "drop"});
  });
  EXPECT_EQ(result_of("drop_in_other", snapshot).status, CheckStatus::pass);
}

TEST(DropInOther, AsksInIpv6WhereItsPodsHaveIt) {
  const auto with_pods = [](std::string cidr) {
    return a_node().edit([&](Snapshot& node) {
      node.node_networks.pods = {{.cidr = cidr}};
      give_uplink(node, {});
      add_base(node, {.chain = "FORWARD", .hook = "forward"});
      node.networks.at(0).nft->push_back(node.networks.at(0).nft->front());
      NftTable& cluster = node.networks.at(0).nft->back();
      cluster.family = "ip6";
      cluster.name = "filter";
      cluster.base_chains = {{.name = "FORWARD", .hook = "forward"}};
      cluster.owners = {{.owners = Owner::kube_router, .rules = 3}};
      add_base(node,
               {.family = "inet",
                .table = "guard",
                .chain = "FORWARD",
                .hook = "forward",
                .rules = {{.conditions = {{.field = Field::family, .any_of = {{"\x0a", "\x0a"}}}},
                           .action = {.kind = Action::Kind::drop}}}});
    });
  };
  EXPECT_EQ(result_of("drop_in_other", with_pods("fd00:10::/56")).findings.size(), 1U);
  EXPECT_EQ(result_of("drop_in_other", with_pods("10.244.0.0/16")).status, CheckStatus::pass);
}

TEST(DropInOther, LeavesTheWordToTheCheckThatKnowsTheFirewall) {
  Snapshot snapshot = a_node_with({.backend = Backend::legacy, .policy = "drop"});
  snapshot.networks.at(0).legacy->front().owners = {
      {.owners = Owner::docker, .chains = 1, .rules = 4, .patterns = {"DOCKER"}}};
  EXPECT_EQ(result_of("drop_in_other", snapshot).status, CheckStatus::pass);
  const CheckResult docker = result_of("docker_coexist", snapshot);
  ASSERT_EQ(docker.findings.size(), 1U);
  EXPECT_EQ(docker.findings[0].severity, Severity::critical);
  EXPECT_THAT(text_of(docker.findings[0]), HasSubstr("a new tcp packet from a pod (10.244.3.253)"));
}

TEST(DropInOther, DoesNotGuess) {
  Rule unknown{.conditions = {{.name = "lookup", .decoded = false}},
               .action = {.kind = Action::Kind::drop}};
  EXPECT_EQ(
      result_of("drop_in_other", a_node_with({.backend = Backend::legacy, .rules = {unknown}}))
          .status,
      CheckStatus::pass);
}

}  // namespace
}  // namespace iptmode
