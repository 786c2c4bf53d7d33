// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "finding_matchers.h"
#include "iptmode/address.h"
#include "iptmode/node_questions.h"
#include "path_builder.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::EndsWith;
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

/// Everything from these addresses comes in, and nothing else.
Snapshot a_node_open_to(const Interval& sources) {
  Rule let_in{.conditions = {{.field = Field::source, .any_of = {sources}}},
              .action = {.kind = Action::Kind::accept}};
  Snapshot snapshot = a_closed_node({let_in});
  snapshot.networks.at(0).links =
      std::vector<NetworkLink>{{.name = "eth0", .addresses = {"192.0.2.1/24", "2001:db8::1/64"}}};
  return snapshot;
}

Interval between(std::string_view low, std::string_view high) {
  return {*parse_address(low), *parse_address(high)};
}

TEST(RequiredPorts, AreOpenWhereTheUplinksOwnNetworkIsLetIn) {
  const CheckResult open =
      result_of("required_ports", a_node_open_to(between("192.0.2.0", "192.0.2.255")));
  EXPECT_EQ(open.findings.size(), 0U);
  EXPECT_THAT(open.seen, Contains(AllOf(HasSubstr("kubelet (tcp 10250)"),
                                        HasSubstr("accepted from the uplink's own network; from "
                                                  "elsewhere it depends on nf_tables"))));
  const CheckResult one =
      result_of("required_ports", a_node_open_to(between("192.0.2.0", "192.0.2.7")));
  ASSERT_FALSE(one.findings.empty());
  EXPECT_EQ(one.findings[0].severity, Severity::info);
  EXPECT_THAT(text_of(one.findings[0]), HasSubstr("by eth0: depends on nf_tables"));
}

/// With Calico's interface, and what that knows of other nodes.
Snapshot a_closed_calico_node(std::optional<std::vector<std::string>> peers) {
  return a_node().with(calico_node()).edit([&](Snapshot& snapshot) {
    give_uplink(snapshot, {10250, 179});
    snapshot.networks.at(0).links = std::vector<NetworkLink>{
        {.name = "vxlan.calico", .kind = "vxlan", .port = 4789, .peers = std::move(peers)}};
    add_base(snapshot, {.policy = "drop", .rules = {accept_port(10250), accept_port(179)}});
  });
}

TEST(RequiredPorts, LetVxlanBeClosedOnTheOnlyNode) {
  const CheckResult alone = result_of("required_ports", a_closed_calico_node({{}}));
  EXPECT_EQ(alone.status, CheckStatus::pass);
  EXPECT_THAT(alone.seen, Contains(HasSubstr("or knows no other node")));
  EXPECT_EQ(result_of("required_ports", a_closed_calico_node({{"192.0.2.6"}})).status,
            CheckStatus::fail);
  EXPECT_EQ(result_of("required_ports", a_closed_calico_node(std::nullopt)).status,
            CheckStatus::fail)
      << "they are not known";
}

TEST(RequiredPorts, SaysOfEveryPortWhatBecomesOfIt) {
  Snapshot snapshot = a_closed_node({accept_port(10250), accept_port(179)});
  const std::vector<std::string> seen = result_of("required_ports", snapshot).seen;
  EXPECT_EQ(seen.size(), node_ports().size());
  EXPECT_THAT(seen, Contains(AllOf(HasSubstr("kubelet (tcp 10250): needed here: kubelet runs; a "
                                             "socket listens there; a new ipv4 packet"),
                                   HasSubstr("accepted by nf_tables ip filter INPUT"))));
  EXPECT_THAT(seen, Contains("kube-apiserver (tcp 6443): not needed: this is no controller"));
  EXPECT_THAT(seen,
              Contains(AllOf(HasSubstr("outbound): needed here: a worker connects"),
                             EndsWith("that goes out by eth0: accepted by every base chain"))));
}

TEST(RequiredPorts, AsksForAControllersPortsOnAControllerOnly) {
  const std::vector<Rule> worker{accept_port(10250), accept_port(179)};
  const CheckResult result =
      result_of("required_ports", a_closed_node(worker, NodeRole::controller_worker));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].subject, "kube-apiserver (tcp 6443)");
  EXPECT_EQ(result.findings[0].severity, Severity::error);
}

TEST(RequiredPorts, AsksForK0sOwnPortsOnK0sOnly) {
  Snapshot snapshot = a_node().edit([](Snapshot& node) {
    give_uplink(node, {});
    add_base(node,
             {.chain = "OUTPUT", .hook = "output", .policy = "drop", .rules = {accept_port(6443)}});
  });
  EXPECT_EQ(result_of("required_ports", snapshot).status, CheckStatus::fail);
  snapshot.node.distribution = Distribution::none;
  const CheckResult result = result_of("required_ports", snapshot);
  EXPECT_EQ(result.status, CheckStatus::pass);
  EXPECT_THAT(result.seen,
              Contains("konnectivity (tcp 8132, outbound): not needed: only k0s has it, and this "
                       "node is not k0s"));
}

TEST(RequiredPorts, OpensAPortOfFirewalldInTheZoneOfTheUplinkWithoutAReload) {
  Snapshot snapshot = a_node().edit([](Snapshot& node) {
    give_uplink(node, {10250});
    node.firewalld = Firewalld{.running = true,
                               .zones = {{.name = "internal", .interfaces = {"eth0"}},
                                         {.name = "public", .is_default = true}}};
    add_base(
        node,
        {.family = "inet", .table = "firewalld", .policy = "drop", .rules = {accept_port(179)}});
  });
  const auto remedy = [&] { return result_of("required_ports", snapshot).findings.at(0).remedy; };
  EXPECT_THAT(remedy(),
              ElementsAre("firewall-cmd --zone=internal --add-port=10250/tcp",
                          "firewall-cmd --permanent --zone=internal --add-port=10250/tcp"));
  snapshot.firewalld->zones.at(0).interfaces = {"eth1"};
  EXPECT_THAT(remedy().at(0), HasSubstr("--zone=public "));
  snapshot.networks.at(0).links = {{.name = "eth0", .addresses = {"192.0.2.5/24"}}};
  snapshot.firewalld->zones.at(0).sources = {"192.0.0.0/16"};
  EXPECT_THAT(remedy().at(0), HasSubstr("--zone=internal "));
}

TEST(RequiredPorts, OpensAPortOfUfwWithUfw) {
  NodeBuilder node = a_node();
  node.host_iptables(Backend::nf_tables, "1.8.9")
      .nft_rules(Owner::ufw, 60)
      .edit([](Snapshot& snapshot) {
        give_uplink(snapshot, {10250});
        snapshot.host_settings->ufw = UfwSettings{.enabled = true};
        add_base(snapshot, {.policy = "drop", .rules = {accept_port(179)}});
      });
  const auto remedy = [&] { return result_of("required_ports", node).findings.at(0).remedy; };
  EXPECT_THAT(remedy(), ElementsAre("ufw allow 10250/tcp"));
  node.edit([](Snapshot& snapshot) { snapshot.host_settings->ufw->enabled = false; });
  EXPECT_THAT(remedy(),
              ElementsAre(HasSubstr("-I INPUT -p tcp --dport 10250"), HasSubstr("whatever")));
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

/// A worker whose nat rules begin with this one.
Snapshot a_translating_node(std::string name, std::string arguments,
                            std::vector<std::uint16_t> listeners = {10250, 179}) {
  return a_node().edit([&](Snapshot& node) {
    Rule rule = accept_port(10250);
    rule.action = {
        .kind = Action::Kind::target, .name = std::move(name), .arguments = std::move(arguments)};
    give_uplink(node, listeners);
    add_base(node,
             {.table = "nat", .chain = "CNI-HOSTPORT-DNAT", .hook = "prerouting", .rules = {rule}});
    follow_translations(node);
  });
}

TEST(RequiredPorts, NamesWhoHasTakenAPort) {
  const CheckResult result =
      result_of("required_ports", a_translating_node("DNAT", "--to-destination 10.244.3.7:8080"));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::error);
  EXPECT_THAT(text_of(result.findings[0]),
              AllOf(HasSubstr("a rule sends them to 10.244.3.7:8080"),
                    HasSubstr("sent elsewhere by nf_tables ip nat CNI-HOSTPORT-DNAT, rule 1"),
                    HasSubstr("hostPort: 10250")));
}

TEST(RequiredPorts, LooksWhoListensBehindARedirection) {
  const CheckResult dead =
      result_of("required_ports", a_translating_node("REDIRECT", "--to-ports 9999"));
  ASSERT_EQ(dead.findings.size(), 1U);
  EXPECT_EQ(dead.status, CheckStatus::fail);
  EXPECT_THAT(text_of(dead.findings[0]), HasSubstr("port 9999: no socket listens there now"));
  const CheckResult proxy =
      result_of("required_ports", a_translating_node("REDIRECT", "--to-ports 9999", {9999, 179}));
  ASSERT_EQ(proxy.findings.size(), 1U);
  EXPECT_EQ(proxy.findings[0].severity, Severity::info);
}

TEST(RequiredPorts, IsSilentWhereAPortIsTranslatedToItself) {
  EXPECT_EQ(
      result_of("required_ports", a_translating_node("DNAT", "--to-destination 192.0.2.1:10250"))
          .status,
      CheckStatus::pass);
}

Snapshot a_node_closed_in_ipv6(std::vector<NamedNetwork> pods) {
  return a_node().edit([&](Snapshot& node) {
    node.node_networks.pods = std::move(pods);
    give_uplink(node, {10250, 179});
    add_base(node, {.family = "ip6", .policy = "drop"});
  });
}

TEST(RequiredPorts, AsksInBothFamiliesOfACluster) {
  const CheckResult result = result_of(
      "required_ports", a_node_closed_in_ipv6({{.cidr = "10.244.0.0/16"}, {.cidr = "fd00::/56"}}));
  EXPECT_EQ(result.status, CheckStatus::warn);
  ASSERT_EQ(result.findings.size(), 2U);
  EXPECT_EQ(result.findings[0].subject, "kube-router BGP (tcp 179, IPv6)");
  EXPECT_EQ(result_of("required_ports", a_node_closed_in_ipv6({{.cidr = "fd00::/56"}})).status,
            CheckStatus::fail);
  EXPECT_EQ(result_of("required_ports", a_node_closed_in_ipv6({{.cidr = "10.244.0.0/16"}})).status,
            CheckStatus::pass);
}

TEST(RequiredPorts, SaysOnceWhatOneChainDoesInBothFamilies) {
  Snapshot snapshot = a_node_closed_in_ipv6({{.cidr = "10.244.0.0/16"}, {.cidr = "fd00::/56"}});
  snapshot.networks.at(0).packet_path->tables.front().family = "inet";
  const CheckResult result = result_of("required_ports", snapshot);
  ASSERT_EQ(result.findings.size(), 2U);
  EXPECT_THAT(text_of(result.findings[0]),
              AllOf(HasSubstr("a new ipv4 packet"), HasSubstr("a new ipv6 packet")));
}

TEST(RequiredPorts, SkipsAndDoesNotPassWhereItCannotAsk) {
  EXPECT_EQ(result_of("required_ports", a_plain_machine()).status, CheckStatus::skip);
  EXPECT_EQ(result_of("required_ports", a_node()).status, CheckStatus::skip);
  EXPECT_EQ(result_of("required_ports", a_node().gap(Fact::packet_path, "nft rules")).status,
            CheckStatus::unknown);
}

}  // namespace
}  // namespace iptmode
