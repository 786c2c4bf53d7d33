// SPDX-License-Identifier: GPL-2.0-or-later
//
// legacy_unavailable and nft_unavailable: one rule for both backends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "finding_matchers.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace iptmode::testing;

TEST(LegacyUnavailable, IsCriticalForWhoUsesLegacyWhereTheKernelHasNone) {
  const CheckResult result =
      result_of("legacy_unavailable",
                a_node().with(kube_router().legacy("1.8.9")).support(Support::no, Support::yes));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::critical);
  EXPECT_EQ(result.findings[0].subject, "kube-router (pid 1402)");
  EXPECT_THAT(text_of(result.findings[0]),
              AllOf(HasSubstr("Table does not exist"), HasSubstr("kernel 6.12.9"),
                    HasSubstr("let kube-router use nf_tables")));
}

TEST(LegacyUnavailable, IsSilentWhenNobodyWantsLegacyOrTheKernelHasIt) {
  EXPECT_THAT(result_of("legacy_unavailable", a_node().support(Support::no, Support::yes)).findings,
              IsEmpty());
  EXPECT_THAT(
      result_of("legacy_unavailable", a_node().with(kube_router().legacy("1.8.9"))).findings,
      IsEmpty());
}

TEST(LegacyUnavailable, IsCriticalForK0sBinDirectory) {
  const Snapshot node = a_node()
                            .k0s_bin(Backend::legacy, "1.8.9")
                            .with(kubelet().legacy("1.8.9"))
                            .support(Support::no, Support::yes);
  const CheckResult result = result_of("legacy_unavailable", node);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::critical);
  EXPECT_THAT(text_of(result.findings[0]), HasSubstr("--iptables-mode=nft"));
}

TEST(LegacyUnavailable, WarnsAboutAStoppedK0sAndNotesAnIdleHost) {
  const Snapshot stopped = a_node()
                               .without_components()
                               .k0s_stopped()
                               .k0s_bin(Backend::legacy, "1.8.9")
                               .support(Support::no, Support::yes);
  EXPECT_EQ(result_of("legacy_unavailable", stopped).status, CheckStatus::warn);
  const Snapshot idle =
      a_node().host_iptables(Backend::legacy, "1.8.9").support(Support::no, Support::yes);
  EXPECT_EQ(result_of("legacy_unavailable", idle).status, CheckStatus::pass);
  EXPECT_EQ(result_of("legacy_unavailable", idle).findings.size(), 1U);
}

TEST(LegacyUnavailable, DoesNotBlameFelixForALegacyLink) {
  const Snapshot node = a_node()
                            .with(calico_node().legacy("1.8.9"))
                            .nft_rules(Owner::felix, 80)
                            .support(Support::no, Support::yes);
  EXPECT_THAT(result_of("legacy_unavailable", node).findings, IsEmpty());
}

TEST(LegacyUnavailable, IsUndecidedWhereSupportIsNotKnownAndWanted) {
  const Snapshot wanted =
      a_node().with(kube_router().legacy("1.8.9")).support(Support::unknown, Support::yes);
  EXPECT_EQ(result_of("legacy_unavailable", wanted).status, CheckStatus::unknown);
  EXPECT_EQ(
      result_of("legacy_unavailable", a_node().support(Support::unknown, Support::yes)).status,
      CheckStatus::pass);
}

TEST(NftUnavailable, IsCriticalForEverybodyOnNfTables) {
  const CheckResult result =
      result_of("nft_unavailable", a_node().no_rules().support(Support::yes, Support::no));
  EXPECT_EQ(result.findings.size(), 3U);  // k0s' bin directory, kube-proxy, kube-router
  for (const Finding& finding : result.findings) {
    EXPECT_EQ(finding.severity, Severity::critical);
    EXPECT_THAT(text_of(finding), HasSubstr("modprobe nf_tables nft_compat"));
  }
}

TEST(NftUnavailable, IsCriticalForKubeProxyInNftablesMode) {
  const Snapshot node = a_node()
                            .without_components()
                            .without_k0s()
                            .with(kube_proxy().declares("nftables").native_nft())
                            .support(Support::yes, Support::no);
  const CheckResult result = result_of("nft_unavailable", node);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_THAT(result.findings[0].message, HasSubstr("runs in nftables mode"));
}

TEST(NftUnavailable, IsSilentOnALegacyNode) {
  const Snapshot node = a_node()
                            .no_rules()
                            .k0s_bin(Backend::legacy, "1.8.9")
                            .with(kubelet().legacy("1.8.9"))
                            .with(kube_proxy().legacy("1.8.11"))
                            .with(kube_router().legacy("1.8.9"))
                            .support(Support::yes, Support::no);
  EXPECT_THAT(result_of("nft_unavailable", node).findings, IsEmpty());
  EXPECT_EQ(result_of("nft_unavailable", a_node()).status, CheckStatus::pass);
}

}  // namespace
}  // namespace iptmode
