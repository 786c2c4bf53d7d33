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
using ::testing::Not;
using namespace iptmode::testing;

CheckResult missing_on(const Snapshot& snapshot) {
  return result_of("rules_missing", snapshot);
}

Finding only_finding_on(const Snapshot& snapshot) {
  const CheckResult result = missing_on(snapshot);
  EXPECT_EQ(result.findings.size(), 1U);
  return result.findings.empty() ? Finding{} : result.findings.front();
}

NftTable native_table(std::string name, OwnerSet owner, std::uint64_t chains = 20) {
  return {.family = "ip", .name = std::move(name), .table_owner = owner, .chains = chains};
}

TEST(RulesMissing, WarnsOfAKubeProxyWithoutAny) {
  const Finding finding = only_finding_on(a_node().no_rules_of(Owner::kube_proxy));
  EXPECT_EQ(finding.severity, Severity::warning);
  EXPECT_THAT(
      text_of(finding),
      AllOf(HasSubstr("kube-proxy (pid "), HasSubstr("Services and node ports lead nowhere"),
            HasSubstr("has just started"), HasSubstr("KUBE-SERVICES"),
            HasSubstr("none in legacy, none in nf_tables"), HasSubstr("mode: iptables"),
            HasSubstr("tail -n 50 /var/log/pods/*_kube-proxy-*/*/*.log"),
            HasSubstr("delete pod -l k8s-app=kube-proxy")));
}

TEST(RulesMissing, WarnsInEachModeOfKubeProxy) {
  const auto emptied = [](ComponentBuilder proxy) {
    return a_node().with(proxy).no_rules_of(Owner::kube_proxy);
  };
  const auto ipvs = kube_proxy().declares("ipvs");
  EXPECT_EQ(missing_on(emptied(ipvs)).status, CheckStatus::warn);
  EXPECT_THAT(missing_on(a_node().with(ipvs)).findings, IsEmpty());

  const auto nftables = kube_proxy().declares("nftables").native_nft();
  EXPECT_THAT(text_of(only_finding_on(a_node().with(nftables))),  // what is left is of another mode
              AllOf(HasSubstr("nft tables ip kube-proxy and ip6 kube-proxy: not there"),
                    Not(HasSubstr("its iptables"))));
  const NftTable own = native_table("kube-proxy", Owner::kube_proxy);
  EXPECT_THAT(missing_on(emptied(nftables).nft_table(own)).findings, IsEmpty());
  EXPECT_EQ(missing_on(emptied(kube_proxy()).nft_table(own)).status, CheckStatus::warn);
}

TEST(RulesMissing, JudgesEachOfTwo) {
  const auto both = a_node().also(kube_proxy().pid(7).declares("nftables").native_nft());
  EXPECT_THAT(only_finding_on(both).subject, HasSubstr("pid 7"));
}

TEST(RulesMissing, DoesNotJudgeAModeThatIsNotKnown) {
  for (const char* mode : {"unknown", "userspace", "kernelspace", "cleanup"})
    EXPECT_THAT(
        missing_on(a_node().with(kube_proxy().declares(mode)).no_rules_of(Owner::kube_proxy))
            .findings,
        IsEmpty())
        << mode;
}

TEST(RulesMissing, WarnsOfKubeRouterByWhatItWasTold) {
  const auto emptied = [](ComponentBuilder router) {
    return a_node().with(router).no_rules_of(Owner::kube_router);
  };
  EXPECT_THAT(text_of(only_finding_on(emptied(kube_router()))),
              HasSubstr("NetworkPolicies are not enforced"));
  const auto no_firewall = kube_router().setting("--run-firewall", "false");
  EXPECT_THAT(text_of(only_finding_on(emptied(no_firewall))), HasSubstr("Services"));
  auto router_alone = no_firewall;
  router_alone.setting("--run-service-proxy", "false");
  EXPECT_THAT(missing_on(emptied(router_alone)).findings, IsEmpty());
  EXPECT_THAT(missing_on(emptied(kube_router().setting("--cleanup-config", "true"))).findings,
              IsEmpty());
  const NftTable own = native_table("kube-router-filter-ipv4", Owner::kube_router);
  EXPECT_THAT(missing_on(emptied(kube_router()).nft_table(own)).findings, IsEmpty());
}

TEST(RulesMissing, WarnsOfFelixAndOfNoHelper) {
  const auto with_felix = [](std::string command) {
    return a_node()
        .without(ComponentKind::kube_router)
        .no_rules_of(Owner::kube_router)
        .with(calico_node())
        .edit([&](Snapshot& all) { all.components.back().command = command; });
  };
  EXPECT_THAT(only_finding_on(with_felix("calico-node -felix")).subject, HasSubstr("calico-node"));
  EXPECT_THAT(missing_on(with_felix("calico-node -confd")).findings, IsEmpty());
  EXPECT_THAT(missing_on(with_felix("calico-node -felix").nft_rules(Owner::felix, 1)).findings,
              IsEmpty());
  const NftTable arp{
      .family = "arp", .name = "calico-arp", .table_owner = Owner::felix, .chains = 1};
  EXPECT_EQ(missing_on(with_felix("calico-node -felix").nft_table(arp)).status, CheckStatus::warn);
}

// Somebody emptied nat. Filter goes on rejecting what has no endpoint, and nothing is translated.
TEST(RulesMissing, IsAnErrorWhenNatAloneIsGone) {
  const Finding finding =
      only_finding_on(a_node().nat_rules(Backend::nf_tables, Owner::kube_proxy, 0));
  EXPECT_EQ(finding.severity, Severity::error);
  EXPECT_THAT(text_of(finding), AllOf(HasSubstr("no IPv4 address of a Service is translated"),
                                      HasSubstr("IPv4: 112 rules of kube-proxy in filter")));
}

TEST(RulesMissing, LooksForNatFamilyByFamilyAndInBothBackends) {
  auto both = a_node().rules(Backend::nf_tables, Owner::kube_proxy, 22, "filter", IpFamily::ipv6);
  EXPECT_THAT(only_finding_on(both).message, HasSubstr("no IPv6 address"));
  both.nat_rules(Backend::nf_tables, Owner::kube_proxy, 0);
  EXPECT_THAT(only_finding_on(both).message, HasSubstr("no IPv4 or IPv6 address"));
  both.rules(Backend::nf_tables, Owner::kube_proxy, 9, "nat", IpFamily::ipv6)
      .rules(Backend::legacy, Owner::kube_proxy, 9, "nat");
  EXPECT_THAT(missing_on(both).findings, IsEmpty());
}

TEST(RulesMissing, LeavesNatToIptablesMode) {
  EXPECT_THAT(missing_on(a_node()
                             .with(kube_proxy().declares("ipvs"))
                             .nat_rules(Backend::nf_tables, Owner::kube_proxy, 0))
                  .findings,
              IsEmpty());
}

TEST(RulesMissing, IsUnknownWhereAGapHidesThem) {
  const auto emptied = [] { return a_node().no_rules_of(Owner::kube_proxy); };
  for (const Snapshot& snapshot :
       {emptied().unread(Backend::legacy).build(), emptied().unread(Backend::nf_tables).build(),
        emptied().gap(Fact::nft_rules, "table nat").build(),
        a_node()
            .nat_rules(Backend::nf_tables, Owner::kube_proxy, 0)
            .gap(Fact::nft_rules, "table nat")
            .build()}) {
    const CheckResult result = missing_on(snapshot);
    EXPECT_EQ(result.status, CheckStatus::unknown);
    EXPECT_THAT(result.findings, IsEmpty());
  }
}

TEST(RulesMissing, DoesNotJudgeAnotherNetworkThatWasNotRead) {
  const Snapshot elsewhere = a_node().also(kube_proxy().in_network(kOtherNetwork));
  EXPECT_THAT(missing_on(elsewhere).findings, IsEmpty());
}

TEST(RulesMissing, IsSilentWhereOthersSpeak) {
  const auto emptied = [](ComponentBuilder proxy) {
    return a_node().with(proxy).no_rules_of(Owner::kube_proxy);
  };
  EXPECT_THAT(missing_on(emptied(kube_proxy().unresolved())).findings, IsEmpty());
  EXPECT_THAT(
      missing_on(emptied(kube_proxy().legacy("1.8.9")).support(Support::no, Support::yes)).findings,
      IsEmpty());
  EXPECT_THAT(missing_on(emptied(kube_proxy().impostor(ImpostorReason::no_net_admin))).findings,
              IsEmpty());
  EXPECT_EQ(missing_on(a_plain_machine()).status, CheckStatus::skip);
}

}  // namespace
}  // namespace iptmode
