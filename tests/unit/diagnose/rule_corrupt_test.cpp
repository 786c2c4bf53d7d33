// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "finding_matchers.h"
#include "path_builder.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace iptmode::testing;
using namespace std::string_literals;

Condition is(Field field, const std::string& value, const std::string& mask = {}) {
  return {.field = field, .mask = mask, .any_of = {{value, value}}};
}
Condition is_not(Field field, const std::string& value) {
  Condition condition = is(field, value);
  condition.negated = true;
  return condition;
}
const Condition kMark = is(Field::mark, "\0\0\x80\0"s, "\0\0\x80\0"s);
const Condition kTcp = is(Field::protocol, "\x06");
const Condition kPort = is(Field::destination_port, "\x1f\x90");
const Action kDrop{.kind = Action::Kind::drop};
const Action kReturn{.kind = Action::Kind::back};
const Action kMasquerade{.kind = Action::Kind::target, .name = "MASQUERADE"};
const Action kDnat{.kind = Action::Kind::target, .name = "DNAT"};

RuleShape a_shape(std::string chain, std::vector<Condition> conditions, Action action) {
  return {.chain = std::move(chain),
          .rules = 1,
          .rule = {.conditions = std::move(conditions), .action = std::move(action)}};
}

CheckResult result_with(const std::vector<RuleShape>& shapes) {
  return result_of("rule_corrupt", a_node().edit([&](Snapshot& snapshot) {
    for (NftTable& table : snapshot.networks.front().nft.value())
      if (table.family == "ip" && table.name == "filter") table.shapes = shapes;
  }));
}

TEST(RuleCorrupt, FindsADropWithoutItsMark) {
  const CheckResult result = result_with({a_shape("KUBE-FIREWALL", {}, kDrop)});
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::critical);
  EXPECT_EQ(result.findings[0].subject, "KUBE-FIREWALL in filter, ipv4");
  EXPECT_THAT(text_of(result.findings[0]), HasSubstr("every packet to and from this node"));
}

TEST(RuleCorrupt, LooksIntoLegacyTables) {
  const auto with_drop = [](std::vector<Condition> conditions) {
    return a_node().edit([&](Snapshot& node) {
      give_uplink(node, {});
      add_base(node, {.backend = Backend::legacy});
      node.networks.front().packet_path->tables.front().chains.push_back(
          {.name = "KUBE-FIREWALL",
           .rules = {
               {.number = 2, .rule = {.conditions = std::move(conditions), .action = kDrop}}}});
    });
  };
  const CheckResult result = result_of("rule_corrupt", with_drop({}));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].subject, "KUBE-FIREWALL in filter, legacy, ipv4");
  EXPECT_THAT(text_of(result.findings[0]), HasSubstr("-t filter -S 'KUBE-FIREWALL'"));
  EXPECT_EQ(result_of("rule_corrupt", with_drop({kMark})).status, CheckStatus::pass);
}

TEST(RuleCorrupt, LeavesTheSoundRulesOfThatChainAlone) {
  EXPECT_THAT(result_with({a_shape("KUBE-FIREWALL", {kMark}, kDrop),
                           a_shape("KUBE-FIREWALL", {is_not(Field::source, "\x7f\0\0\0"s)}, kDrop),
                           a_shape("KUBE-POD-FW-X", {}, kDrop)})
                  .findings,
              IsEmpty());
}

TEST(RuleCorrupt, FindsTranslationsThatLostTheirMark) {
  EXPECT_EQ(result_with({a_shape("KUBE-POSTROUTING", {}, kReturn)}).findings.size(), 1U);
  EXPECT_EQ(result_with({a_shape("CNI-HOSTPORT-MASQ", {}, kMasquerade)}).findings.size(), 1U);
  EXPECT_EQ(result_with({a_shape("KUBE-POSTROUTING", {}, kMasquerade)}).findings.size(), 1U);
}

TEST(RuleCorrupt, KnowsKubeProxysGuardedMasquerade) {
  EXPECT_THAT(result_with({a_shape("KUBE-POSTROUTING", {kMark}, kReturn),
                           a_shape("KUBE-POSTROUTING", {}, kMasquerade)})
                  .findings,
              IsEmpty());
}

TEST(RuleCorrupt, FindsTranslationsAndJumpsThatLostTheirPort) {
  const Action jump{.kind = Action::Kind::jump, .chain = "KUBE-SVC-ABC"};
  EXPECT_EQ(result_with({a_shape("CNI-DN-0123", {kTcp}, kDnat)}).findings.size(), 1U);
  EXPECT_EQ(result_with({a_shape("KUBE-SERVICES", {kTcp}, jump)}).findings.size(), 1U);
  EXPECT_THAT(result_with({a_shape("CNI-DN-0123", {kTcp, kPort}, kDnat),
                           a_shape("KUBE-SERVICES", {kTcp, kPort}, jump),
                           a_shape("KUBE-SEP-X", {kTcp}, kDnat)})
                  .findings,
              IsEmpty());
}

TEST(RuleCorrupt, FindsANetworkThatShrankToOneAddress) {
  const auto with_network = [](const std::string& address) {
    return result_of("rule_corrupt", a_node().edit([&](Snapshot& snapshot) {
      snapshot.node_networks.pods = {{.cidr = "10.244.0.0/16", .origin = "kube-proxy"}};
      for (NftTable& table : snapshot.networks.front().nft.value())
        if (table.name == "filter")
          table.shapes = {
              a_shape("FORWARD", {is(Field::source, address)}, {.kind = Action::Kind::accept})};
    }));
  };
  const CheckResult result = with_network("\x0a\xf4\0\0"s);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_THAT(text_of(result.findings[0]), HasSubstr("10.244.0.0/16 has shrunk"));
  EXPECT_THAT(with_network("\x0a\xf4\0\x07"s).findings, IsEmpty()) << "a pod";
}

TEST(RuleCorrupt, KnowsAClusterOfOneAddressWithoutItsNetworks) {
  const Action mark{.kind = Action::Kind::jump, .chain = "KUBE-MARK-MASQ"};
  EXPECT_EQ(result_with({a_shape("KUBE-SVC-X", {is_not(Field::source, "\x0a\xf4\0\0"s)}, mark)})
                .findings.size(),
            1U);
  Condition whole{.field = Field::source, .negated = true};
  whole.any_of = {{"\x0a\xf4\0\0"s, "\x0a\xf4\xff\xff"}};
  EXPECT_THAT(result_with({a_shape("KUBE-SVC-X", {whole}, mark)}).findings, IsEmpty());
}

TEST(RuleCorrupt, DoesNotPassWithoutTheTables) {
  EXPECT_EQ(result_of("rule_corrupt", a_node().unread(Backend::nf_tables)).status,
            CheckStatus::unknown);
}

}  // namespace
}  // namespace iptmode
