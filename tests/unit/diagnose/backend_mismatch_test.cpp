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
using ::testing::StartsWith;
using namespace iptmode::testing;

/// k0s 1.31.2: kube-router's image is always legacy, everything else is in nf_tables.
NodeBuilder a_node_with_legacy_kube_router() {
  NodeBuilder node = a_node();
  node.with(kube_router().legacy("1.8.9").no_wrapper())
      .no_rules_of(Owner::kube_router)
      .legacy_rules(Owner::kube_router, 56);
  return node;
}

TEST(BackendMismatch, NamesTheComponentThatIsAlone) {
  const CheckResult result = result_of("backend_mismatch", a_node_with_legacy_kube_router());
  EXPECT_EQ(result.status, CheckStatus::fail);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].subject, "kube-router (pid 1402)");
  EXPECT_EQ(result.findings[0].severity, Severity::error);
  EXPECT_THAT(
      result.message,
      StartsWith("kube-router writes legacy while kubelet and kube-proxy write nf_tables. "));
}

TEST(BackendMismatch, ShowsTheFactsAndWhatMendsThem) {
  const CheckResult result = result_of("backend_mismatch", a_node_with_legacy_kube_router());
  ASSERT_EQ(result.findings.size(), 1U);
  const std::string text = text_of(result.findings[0]);
  EXPECT_THAT(text, AllOf(HasSubstr("/sbin/iptables -> /sbin/xtables-legacy-multi (1.8.9, legacy)"),
                          HasSubstr("56 rules in legacy (KUBE-ROUTER-*)"),
                          HasSubstr("no iptables-wrapper is in its path"),
                          HasSubstr("2912 rules in nf_tables"),
                          HasSubstr("kubelet's hint is in nf_tables")));
  EXPECT_THAT(text, AllOf(HasSubstr("use v2.2.1-iptables1.8.9-1 or later"),
                          HasSubstr("reboot the node"), HasSubstr("k0s stop"),
                          HasSubstr("/var/lib/k0s/bin/xtables-legacy-multi iptables-save"),
                          HasSubstr("for t in filter; do")));
  EXPECT_THAT(text, Not(HasSubstr("for t in filter nat")));  // naming a table would create it
}

TEST(BackendMismatch, IsSilentOnANodeOfOneBackend) {
  EXPECT_EQ(result_of("backend_mismatch", a_node()).status, CheckStatus::pass);
}

TEST(BackendMismatch, FollowsTheNodeWhenTheNodeIsLegacy) {
  const Snapshot node =
      a_node()
          .no_rules()
          .k0s_bin(Backend::legacy, "1.8.9")
          .with(kubelet().legacy("1.8.9"))
          .with(kube_proxy().legacy("1.8.11"))
          .with(kube_router().nft("1.8.11").no_wrapper().image_lacks(Backend::legacy))
          .hint(Backend::legacy)
          .nat_rules(Backend::legacy, Owner::kube_proxy, 2800)
          .nft_rules(Owner::kube_router, 56);
  const CheckResult result = result_of("backend_mismatch", node);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].subject, "kube-router (pid 1402)");
  EXPECT_THAT(text_of(result.findings[0]),
              AllOf(HasSubstr("writes nf_tables while kubelet and kube-proxy write legacy"),
                    HasSubstr("which have no legacy variant")));
}

TEST(BackendMismatch, IsCriticalWhenABaseChainDropsByDefault) {
  const Snapshot node =
      a_node_with_legacy_kube_router().policy(Backend::nf_tables, "filter", "FORWARD", "drop");
  EXPECT_EQ(result_of("backend_mismatch", node).severity, Severity::critical);
}

TEST(BackendMismatch, TakesNeitherAClosedInputNorTranslationForCertainLoss) {
  const Snapshot closed =
      a_node_with_legacy_kube_router().policy(Backend::nf_tables, "filter", "INPUT", "drop");
  EXPECT_EQ(result_of("backend_mismatch", closed).severity, Severity::error);
  const Snapshot translating =
      a_node_with_legacy_kube_router().nat_rules(Backend::legacy, Owner::kube_router, 3);
  EXPECT_EQ(result_of("backend_mismatch", translating).severity, Severity::error);
}

TEST(BackendMismatch, SeesIpv6RulesThatAreApart) {
  NodeBuilder node = a_node();
  node.rules(Backend::legacy, Owner::kube_proxy, 22, "filter", IpFamily::ipv6);
  const CheckResult alone = result_of("backend_mismatch", node);
  ASSERT_EQ(alone.findings.size(), 1U);
  EXPECT_EQ(alone.status, CheckStatus::warn);
  EXPECT_THAT(text_of(alone.findings[0]),
              AllOf(StartsWith("kube-proxy (pid 1311)"),
                    HasSubstr("kube-proxy writes its IPv6 rules to legacy while"),
                    HasSubstr("No IPv6 rule in nf_tables acts on the same packets yet")));

  node.rules(Backend::nf_tables, Owner::kube_router, 40, "filter", IpFamily::ipv6);
  EXPECT_EQ(result_of("backend_mismatch", node).status, CheckStatus::fail);
}

TEST(BackendMismatch, KeepsEvidenceShort) {
  NodeBuilder node = a_node();
  node.without(ComponentKind::kube_router)
      .no_rules_of(Owner::kube_router)
      .with(a_component(ComponentKind::flanneld, 700).legacy("1.8.9"))
      .legacy_rules(Owner::flannel, 5)
      .edit([](Snapshot& snapshot) {
        for (NftTable& table : *snapshot.networks.at(0).nft)
          for (OwnerUse& use : table.owners)
            if (use.owners == OwnerSet{Owner::kube_proxy})
              use.patterns = {"KUBE-A", "KUBE-B", "KUBE-C", "KUBE-D", "KUBE-E"};
      });
  const std::string text = text_of(result_of("backend_mismatch", node).findings.at(0));
  EXPECT_THAT(text, AllOf(HasSubstr("KUBE-C and 2 more"), HasSubstr("5 rules in legacy")));
}

TEST(BackendMismatch, MeasuresByKubernetesAndNotByWhatElseRuns) {
  const Snapshot node = a_node()
                            .without(ComponentKind::kube_router)
                            .without(ComponentKind::kube_proxy)
                            .no_rules_of(Owner::kube_router)
                            .no_rules_of(Owner::kube_proxy)
                            .with(a_component(ComponentKind::dockerd, 700).legacy("1.8.9"))
                            .with(a_component(ComponentKind::libvirtd, 701).legacy("1.8.9"))
                            .legacy_rules(Owner::libvirt, 12);
  const CheckResult result = result_of("backend_mismatch", node);
  ASSERT_FALSE(result.findings.empty());
  EXPECT_EQ(result.findings[0].subject, "dockerd (pid 700)");
}

TEST(BackendMismatch, LeavesDockersRulesToTheCheckThatKnowsThem) {
  NodeBuilder node = a_node().with(a_component(ComponentKind::dockerd, 700).legacy("1.8.9"));
  EXPECT_EQ(result_of("backend_mismatch", node).findings.at(0).subject, "dockerd (pid 700)")
      << "it would write there, and nobody else says so";
  node.legacy_rules(Owner::docker, 12);
  EXPECT_THAT(result_of("backend_mismatch", node).findings, IsEmpty());
  EXPECT_EQ(result_of("docker_coexist", node).findings.at(0).subject, "dockerd (pid 700)");
}

TEST(BackendMismatch, DoesNotEmptyABackendInWhichSomebodyElseLives) {
  const Snapshot node = a_node_with_legacy_kube_router()
                            .with(a_component(ComponentKind::libvirtd, 701).legacy("1.8.9"))
                            .legacy_rules(Owner::libvirt, 6);
  EXPECT_THAT(text_of(result_of("backend_mismatch", node).findings.at(0)),
              HasSubstr("do not empty legacy by hand: libvirtd keeps rules there"));
}

TEST(BackendMismatch, WarnsWhileTheOddOneHasNoRuleYet) {
  const Snapshot node =
      a_node().with(kube_router().legacy("1.8.9")).no_rules_of(Owner::kube_router);
  const CheckResult result = result_of("backend_mismatch", node);
  EXPECT_EQ(result.status, CheckStatus::warn);
  EXPECT_THAT(result.message, StartsWith("kube-router would write legacy while"));
}

TEST(BackendMismatch, DoesNotCallRulesAbsentThatWereNotRead) {
  const Snapshot node = a_node()
                            .with(kube_router().legacy("1.8.9"))
                            .no_rules_of(Owner::kube_router)
                            .unread(Backend::legacy);
  const CheckResult result = result_of("backend_mismatch", node);
  EXPECT_EQ(result.status, CheckStatus::fail);
  EXPECT_THAT(text_of(result.findings.at(0)), HasSubstr("not all rules were read"));
}

TEST(BackendMismatch, SeesThatTheNextCallGoesElsewhere) {
  const CheckResult result =
      result_of("backend_mismatch", a_node().with(kube_router().legacy("1.8.9")));
  EXPECT_EQ(result.status, CheckStatus::fail);
  EXPECT_THAT(result.message,
              StartsWith("kube-router has its rules in nf_tables, its next call writes legacy"));
}

TEST(BackendMismatch, NamesKubeletWhenK0sIsForcedToTheOtherMode) {
  const Snapshot node = a_node()
                            .k0s_bin(Backend::legacy, "1.8.9")
                            .k0s_mode("legacy")
                            .with(kubelet().legacy("1.8.9"))
                            .hint(Backend::legacy);
  const CheckResult result = result_of("backend_mismatch", node);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].subject, "kubelet (pid 902)");
  EXPECT_THAT(result.message, StartsWith("kubelet writes legacy while kube-proxy and kube-router"));
}

TEST(BackendMismatch, MeasuresKubeProxyByKubelet) {
  const Snapshot node = a_node()
                            .without(ComponentKind::kube_router)
                            .no_rules_of(Owner::kube_router)
                            .no_rules_of(Owner::kube_proxy)
                            .with(kube_proxy().legacy("1.8.11"))
                            .nat_rules(Backend::legacy, Owner::kube_proxy, 2800);
  const CheckResult result = result_of("backend_mismatch", node);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].subject, "kube-proxy (pid 1311)");
  EXPECT_THAT(text_of(result.findings[0]), HasSubstr("kubectl -n kube-system delete pod -l "
                                                     "k8s-app=kube-proxy"));
}

TEST(BackendMismatch, LeavesFelixToTheCheckThatKnowsItsSettings) {
  NodeBuilder node = a_node();
  node.without(ComponentKind::kube_router)
      .no_rules_of(Owner::kube_router)
      .with(calico_node().legacy("1.8.4"))
      .nft_rules(Owner::felix, 120);
  EXPECT_EQ(result_of("backend_mismatch", node).status, CheckStatus::pass);
  node.no_rules_of(Owner::felix).legacy_rules(Owner::felix, 120);
  EXPECT_EQ(result_of("backend_mismatch", node).status, CheckStatus::pass);
  EXPECT_EQ(result_of("calico_backend", node).status, CheckStatus::fail);
}

TEST(BackendMismatch, LeavesOutKubeProxyInNftablesMode) {
  const Snapshot node = a_node()
                            .no_rules_of(Owner::kube_proxy)
                            .with(kube_proxy().legacy("1.8.11").declares("nftables").native_nft());
  EXPECT_EQ(result_of("backend_mismatch", node).status, CheckStatus::pass);
}

TEST(BackendMismatch, LeavesImpostorsAndOtherNetworkNamespacesOut) {
  const Snapshot node =
      a_node()
          .also(kube_router().pid(4000).legacy("1.8.7").impostor(ImpostorReason::no_net_admin))
          .also(kube_proxy().pid(5000).legacy("1.8.7").in_network(kOtherNetwork))
          .in_network(kOtherNetwork)
          .nat_rules(Backend::legacy, Owner::kube_proxy, 9);
  EXPECT_EQ(result_of("backend_mismatch", node).status, CheckStatus::pass);
}

TEST(BackendMismatch, OnlyNotesAHostIptablesThatNobodyUses) {
  const CheckResult result =
      result_of("backend_mismatch", a_node().host_iptables(Backend::legacy, "1.8.9"));
  EXPECT_EQ(result.status, CheckStatus::pass);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::info);
  EXPECT_EQ(result.findings[0].subject, "host");
}

TEST(BackendMismatch, LeavesAnOwnerThatServesOnlyItselfToModeSplit) {
  const Snapshot node =
      a_node()
          .with(a_component(ComponentKind::tailscaled, 700)
                    .installation(an_installation().links(Backend::legacy, "1.8.9")))
          .legacy_rules(Owner::tailscale, 6);
  EXPECT_EQ(result_of("backend_mismatch", node).status, CheckStatus::pass);
}

TEST(BackendMismatch, IsUndecidedWhenABackendIsNotKnown) {
  const Snapshot node =
      a_node().with(kube_router().no_installation()).no_rules_of(Owner::kube_router);
  const CheckResult result = result_of("backend_mismatch", node);
  EXPECT_EQ(result.status, CheckStatus::unknown);
  EXPECT_THAT(result.message, HasSubstr("kube-router (pid 1402) is not known"));
}

TEST(BackendMismatch, IsUnknownWhenAProcessListIsMissing) {
  EXPECT_EQ(result_of("backend_mismatch", a_node().gap(Fact::processes, "/proc")).status,
            CheckStatus::unknown);
}

TEST(BackendMismatch, SkipsWhereNobodyWritesIptables) {
  EXPECT_EQ(result_of("backend_mismatch", a_plain_machine()).status, CheckStatus::skip);
  const Snapshot controller = a_node()
                                  .role(NodeRole::controller)
                                  .without_components()
                                  .with(a_component(ComponentKind::k0s, 812))
                                  .no_rules();
  EXPECT_EQ(result_of("backend_mismatch", controller).status, CheckStatus::skip);
}

TEST(BackendMismatch, WarnsAboutTheBinDirectoryOfAStoppedK0s) {
  const Snapshot node =
      a_node().k0s_stopped().k0s_bin(Backend::legacy, "1.8.9").without(ComponentKind::kubelet);
  const CheckResult result = result_of("backend_mismatch", node);
  EXPECT_EQ(result.status, CheckStatus::warn);
  EXPECT_THAT(result.message,
              StartsWith("k0s would write legacy while kube-proxy and kube-router"));
}

}  // namespace
}  // namespace iptmode
