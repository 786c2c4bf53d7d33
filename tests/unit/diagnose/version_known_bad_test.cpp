// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "finding_matchers.h"
#include "nft_encodings.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace iptmode::testing;

CheckResult known_bad_on(const Snapshot& snapshot) {
  return result_of("version_known_bad", snapshot);
}

ComponentBuilder a_dockerd(std::string_view version) {
  return a_component(ComponentKind::dockerd, 700)
      .installation(an_installation("/usr/sbin").links(Backend::nf_tables, version));
}

NodeBuilder a_fedora() {
  return a_node().edit([](Snapshot& snapshot) { snapshot.node.os_id = "fedora"; });
}

// 1.8.11 ignores interface names in -C and -D.
TEST(VersionKnownBad, WarnsWhereDockerTellsRulesApartByBridge) {
  const CheckResult result = known_bad_on(a_fedora().with(a_dockerd("1.8.11")));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::warning);
  EXPECT_EQ(result.findings[0].subject, "dockerd (pid 700)");
  EXPECT_THAT(text_of(result.findings[0]),
              AllOf(HasSubstr("confirm: unshare -n sh -c '/usr/sbin/xtables-nft-multi iptables -A"),
                    HasSubstr("differ in nothing but the bridge")));
}

TEST(VersionKnownBad, IsSilentForThoseWhoDoNotTellRulesApartByInterface) {
  EXPECT_THAT(known_bad_on(a_node().with(kube_router().nft("1.8.11"))).findings, IsEmpty());
}

TEST(VersionKnownBad, IsSilentForTheNextReleaseAndForDebiansMendedOne) {
  EXPECT_THAT(known_bad_on(a_fedora().with(a_dockerd("1.8.12"))).findings, IsEmpty());
  EXPECT_THAT(known_bad_on(a_node().with(a_dockerd("1.8.11"))).findings, IsEmpty());
}

NodeBuilder a_node_with_bin(std::string_view version) {
  return a_node().k0s_bin(Backend::nf_tables, version).with(kubelet().nft(version));
}

TEST(VersionKnownBad, NotesAVersionThatNothingHereMakesBite) {
  const CheckResult result = known_bad_on(a_node_with_bin("1.8.11"));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.status, CheckStatus::pass);
  EXPECT_EQ(result.findings[0].subject, "iptables 1.8.11 (nf_tables)");
  EXPECT_THAT(text_of(result.findings[0]), HasSubstr("k0s (/var/lib/k0s/bin): "));
}

TEST(VersionKnownBad, WarnsWhereTheFirewallPluginIsolatesBridges) {
  const Snapshot node =
      a_node_with_bin("1.8.11").nft_rules(Owner::cni, 6).edit([](Snapshot& snapshot) {
        for (NftTable& table : snapshot.networks.front().nft.value())
          for (OwnerUse& use : table.owners)
            if (use.owners == OwnerSet{Owner::cni}) use.patterns = {"CNI-ISOLATION-STAGE-*"};
      });
  EXPECT_EQ(known_bad_on(node).status, CheckStatus::warn);
}

// 1.8.0 to 1.8.2: -C does not find rules.
TEST(VersionKnownBad, WarnsAboutReleasesThatDoNotFindTheirRules) {
  const CheckResult result = known_bad_on(a_node().with(kube_proxy().nft("1.8.2")));
  EXPECT_EQ(result.status, CheckStatus::warn);
  EXPECT_THAT(result.message, HasSubstr("added again and again"));
  EXPECT_THAT(known_bad_on(a_node().with(kube_proxy().legacy("1.8.2"))).findings, IsEmpty());
}

// 1.8.3 loops where nf_tables is missing.
TEST(VersionKnownBad, IsAnErrorWhereARelease183HangsForWantOfNfTables) {
  const NodeBuilder node = a_node().with(kube_router().nft("1.8.3"));
  EXPECT_EQ(known_bad_on(node).status, CheckStatus::pass);
  EXPECT_EQ(known_bad_on(NodeBuilder{node}.support(Support::yes, Support::no)).severity,
            Severity::error);
}

// 1.8.4 restores badly; RHEL's, in Calico's images, is mended in part.
TEST(VersionKnownBad, WarnsAboutRestoresOf184ButNotForFelix) {
  EXPECT_EQ(known_bad_on(a_node().with(kube_proxy().nft("1.8.4"))).status, CheckStatus::warn);
  const Snapshot calico = a_node()
                              .with(calico_node().installation(
                                  an_installation("/usr/sbin").links(Backend::nf_tables, "1.8.4")))
                              .nft_rules(Owner::felix, 20);
  const CheckResult result = known_bad_on(calico);
  EXPECT_EQ(result.status, CheckStatus::pass);
  EXPECT_EQ(result.findings.size(), 1U);
}

// Static builds up to 1.8.7 have no IPv6 extensions; k0s shipped such until 1.27.
TEST(VersionKnownBad, WarnsAboutK0sStaticBuildWherePodsHaveIpv6) {
  EXPECT_THAT(known_bad_on(a_node_with_bin("1.8.7")).findings, IsEmpty());
  const Snapshot dual = a_node_with_bin("1.8.7").rules(Backend::nf_tables, Owner::kube_router, 30,
                                                       "filter", IpFamily::ipv6);
  const CheckResult result = known_bad_on(dual);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.status, CheckStatus::warn);
  EXPECT_THAT(result.findings[0].evidence.back(), HasSubstr("30 rules for IPv6"));
  // kube-proxy writes its fixed IPv6 chains on every node: no evidence of pods with IPv6.
  EXPECT_THAT(known_bad_on(a_node_with_bin("1.8.7").rules(Backend::nf_tables, Owner::kube_proxy, 22,
                                                          "filter", IpFamily::ipv6))
                  .findings,
              IsEmpty());
}

// 1.8.8 misreads a prefix beside a mark, its own rules included.
TEST(VersionKnownBad, GradesRelease188ByWhoReadsWithIt) {
  const NodeBuilder router = a_node().with(kube_router().nft("1.8.8"));
  EXPECT_EQ(known_bad_on(router).severity, Severity::warning);
  EXPECT_EQ(known_bad_on(encoded(router, "filter", {.native_mark = 5})).severity, Severity::error);
  const Snapshot proxy =
      encoded(a_node().with(kube_proxy().nft("1.8.8")), "filter", {.native_mark = 5});
  EXPECT_EQ(known_bad_on(proxy).severity, Severity::warning);
  const CheckResult admin = known_bad_on(a_node().host_iptables(Backend::nf_tables, "1.8.8"));
  EXPECT_EQ(admin.status, CheckStatus::pass);
  EXPECT_EQ(admin.findings.size(), 1U);
}

// ip6tables-legacy 1.8.9 finds rules that are not there.
TEST(VersionKnownBad, IsAnErrorWhereIpv6HostPortsAreInLegacy) {
  const NodeBuilder legacy =
      a_node().k0s_bin(Backend::legacy, "1.8.9").with(kubelet().legacy("1.8.9"));
  EXPECT_THAT(known_bad_on(legacy).findings, IsEmpty());

  const CheckResult dual = known_bad_on(
      NodeBuilder{legacy}.rules(Backend::legacy, Owner::kube_router, 9, "filter", IpFamily::ipv6));
  EXPECT_EQ(dual.status, CheckStatus::pass);
  EXPECT_EQ(dual.findings.size(), 1U);

  const CheckResult ports = known_bad_on(
      NodeBuilder{legacy}.rules(Backend::legacy, Owner::cni, 4, "nat", IpFamily::ipv6));
  ASSERT_EQ(ports.findings.size(), 1U);
  EXPECT_EQ(ports.findings[0].severity, Severity::error);
  EXPECT_THAT(text_of(ports.findings[0]), HasSubstr("legacy ipv6 nat table holds 4 rules"));
}

TEST(VersionKnownBad, WarnsAboutFloodsOfKubeRouterWith1810Only) {
  EXPECT_EQ(known_bad_on(a_node().with(kube_router().nft("1.8.10"))).status, CheckStatus::warn);
  EXPECT_THAT(known_bad_on(a_node().with(kube_proxy().nft("1.8.10"))).findings, IsEmpty());
}

TEST(VersionKnownBad, DoesNotPassWithoutTheRules) {
  EXPECT_EQ(known_bad_on(a_node().unread(Backend::legacy)).status, CheckStatus::unknown);
}

}  // namespace
}  // namespace iptmode
