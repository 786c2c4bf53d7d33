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
using ::testing::Not;
using namespace iptmode::testing;

CheckResult skew_on(const Snapshot& snapshot) {
  return result_of("version_skew", snapshot);
}

TEST(VersionSkew, IsCriticalWhenKubeRouterRestoresMarksThatItCannotRead) {
  const CheckResult result =
      skew_on(encoded(a_node().with(kube_router().nft("1.8.7")), "filter", {.native_mark = 3}));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::critical);
  EXPECT_EQ(result.findings[0].subject, "kube-router (pid 1402)");
  EXPECT_THAT(
      text_of(result.findings[0]),
      AllOf(HasSubstr("DROP for all packets"), HasSubstr("nft table ip filter: 3 conditions"),
            HasSubstr("writer: k0s (/var/lib/k0s/bin)"), HasSubstr("writer: kube-proxy (pid 1311)"),
            HasSubstr("with iptables 1.8.9"), HasSubstr("delete pod -l k8s-app=kube-router")));
}

TEST(VersionSkew, WarnsBeforeTheFirstSuchRuleIsWritten) {
  const CheckResult result = skew_on(a_node().with(kube_router().nft("1.8.7")));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.status, CheckStatus::warn);
  EXPECT_THAT(result.findings[0].message, HasSubstr("At the next rule"));
}

TEST(VersionSkew, IsSilentWhenTheNewerOneReads) {
  EXPECT_THAT(skew_on(encoded(a_node().with(kube_router().nft("1.8.13")), "filter",
                              {.native_mark = 3, .native_port = 9, .native_range = 1}))
                  .findings,
              IsEmpty());
}

TEST(VersionSkew, IsSilentBetweenReleasesOfOneClass) {
  const Snapshot node = encoded(a_node()
                                    .k0s_bin(Backend::nf_tables, "1.8.7")
                                    .with(kube_proxy().nft("1.8.7"))
                                    .with(kube_router().nft("1.8.7")),
                                "filter", {.short_prefix = 40, .xt_mark_or_port = 12});
  EXPECT_EQ(skew_on(node).status, CheckStatus::pass);
}

TEST(VersionSkew, IsAnErrorForThoseWhoRewriteChainsOfTheirOwn) {
  const CheckResult result =
      skew_on(encoded(a_node().with(kube_proxy().nft("1.8.7")), "nat", {.native_port = 20}));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::error);
  EXPECT_THAT(result.findings[0].message, HasSubstr("missing or doubled"));
}

TEST(VersionSkew, KnowsThatOnlyTheFilterTableIsRestoredAsAWhole) {
  const CheckResult result =
      skew_on(encoded(a_node().with(kube_router().nft("1.8.7")), "nat", {.native_port = 20}));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::error);
}

TEST(VersionSkew, SaysThatAReaderOf186NarrowsPrefixes) {
  const Snapshot node = encoded(a_node()
                                    .k0s_bin(Backend::nf_tables, "1.8.7")
                                    .with(kube_proxy().nft("1.8.7"))
                                    .with(kube_router().nft("1.8.6")),
                                "filter", {.short_prefix = 4});
  const CheckResult result = skew_on(node);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::critical);
  EXPECT_THAT(text_of(result.findings[0]), AllOf(HasSubstr("narrows to a single address"),
                                                 HasSubstr("iptables 1.8.7 or later")));
}

TEST(VersionSkew, ProvesAForeignWriterByItsRules) {
  const Snapshot node = encoded(a_node()
                                    .k0s_bin(Backend::nf_tables, "1.8.7")
                                    .with(kube_proxy().nft("1.8.7"))
                                    .with(kube_router().nft("1.8.7")),
                                "filter", {.native_mark = 2});
  const CheckResult result = skew_on(node);
  ASSERT_EQ(result.findings.size(), 3U);
  EXPECT_EQ(result.findings[0].severity, Severity::critical);  // kube-router
  for (const Finding& finding : result.findings)
    EXPECT_THAT(text_of(finding), HasSubstr("no iptables found here writes that form"));
}

TEST(VersionSkew, TellsKubeletThroughK0sOnce) {
  const Snapshot node =
      encoded(a_node().k0s_bin(Backend::nf_tables, "1.8.7").with(kubelet().nft("1.8.7")), "filter",
              {.native_mark = 1});
  const CheckResult result = skew_on(node);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].subject, "k0s (/var/lib/k0s/bin)");
  EXPECT_THAT(text_of(result.findings[0]),
              AllOf(HasSubstr("kubelet and the CNI plugins use it"), HasSubstr("upgrade k0s")));
}

// felix goes by the hashes in its comments: what it misreads of others it does not write back.
TEST(VersionSkew, IsANoteForFelix) {
  auto felix = calico_node().installation(an_installation("/usr/sbin")
                                              .links(Backend::legacy, "1.8.4")
                                              .multi(Backend::nf_tables, "1.8.4"));
  const NodeBuilder node = a_node().with(felix).nft_rules(Owner::felix, 80);
  const CheckResult readable = skew_on(encoded(node, "filter", {.native_mark = 3}));
  ASSERT_EQ(readable.findings.size(), 1U);
  EXPECT_EQ(readable.status, CheckStatus::pass);
  EXPECT_THAT(readable.findings[0].message, HasSubstr("no traffic suffers"));
}

TEST(VersionSkew, IsANoteForAHostThatNobodyCalls) {
  const Snapshot node =
      encoded(a_node().host_iptables(Backend::nf_tables, "1.8.7"), "filter", {.native_mark = 3});
  const CheckResult result = skew_on(node);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].subject, "host");
  EXPECT_EQ(result.findings[0].severity, Severity::info);
  EXPECT_EQ(result.status, CheckStatus::pass);
}

TEST(VersionSkew, IsAnErrorForAHostWhoseUfwWritesThere) {
  const Snapshot node =
      encoded(a_node().host_iptables(Backend::nf_tables, "1.8.7").nft_rules(Owner::ufw, 40),
              "filter", {.native_mark = 3});
  EXPECT_EQ(skew_on(node).severity, Severity::error);
}

TEST(VersionSkew, LeavesLegacyReadersAlone) {
  const Snapshot node = encoded(a_node().with(kube_router().legacy("1.8.4")), "filter",
                                {.native_mark = 3, .native_range = 2});
  EXPECT_THAT(skew_on(node).findings, IsEmpty());
}

TEST(VersionSkew, LeavesOutKubeProxyInNftablesMode) {
  const Snapshot node =
      encoded(a_node().with(kube_proxy().nft("1.8.7").declares("nftables").native_nft()), "filter",
              {.native_mark = 3});
  EXPECT_THAT(skew_on(node).findings, IsEmpty());
}

TEST(VersionSkew, KeepsNetworkNamespacesApart) {
  const Snapshot node = encoded(a_node()
                                    .without(ComponentKind::kube_router)
                                    .also(kube_router().nft("1.8.7").in_network(kOtherNetwork)),
                                "filter", {.native_mark = 3});
  EXPECT_THAT(skew_on(node).findings, IsEmpty());
}

TEST(VersionSkew, CountsAWrapperThatWouldChooseNft) {
  auto router = kube_router().installation(an_installation("/sbin")
                                               .multi(Backend::nf_tables, "1.8.7")
                                               .multi(Backend::legacy, "1.8.7")
                                               .wrapper());
  EXPECT_EQ(skew_on(a_node().with(router)).status, CheckStatus::warn);
}

TEST(VersionSkew, DoesNotPassWithoutTheRules) {
  EXPECT_EQ(skew_on(a_node().unread(Backend::nf_tables)).status, CheckStatus::unknown);
}

}  // namespace
}  // namespace iptmode
