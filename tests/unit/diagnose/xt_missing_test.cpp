// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "finding_matchers.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using namespace iptmode::testing;

Snapshot said(std::string_view module, Support support, NodeBuilder node = a_node()) {
  return node.edit([&](Snapshot& snapshot) {
    auto& extensions = snapshot.support.extensions;
    const auto found = std::ranges::find(extensions, module, &KernelExtension::module);
    *found = {std::string{module}, support, "no module " + std::string{module}};
  });
}

std::string subjects(const CheckResult& result) {
  std::string names;
  for (const Finding& finding : result.findings) names += finding.subject + "; ";
  return names;
}

TEST(XtMissing, NamesEveryoneWhoseRulesNeedIt) {
  const CheckResult result = result_of("xt_missing", said("xt_conntrack", Support::no));
  EXPECT_EQ(result.severity, Severity::critical);
  EXPECT_EQ(subjects(result),
            "k0s (/var/lib/k0s/bin); kube-proxy (pid 1311); kube-router (pid "
            "1402); ");
  EXPECT_THAT(text_of(result.findings.at(0)), HasSubstr("kernel-modules-extra-6.12.9"));
}

TEST(XtMissing, BlamesOnlyThoseWhoUseIt) {
  EXPECT_EQ(subjects(result_of("xt_missing", said("xt_set", Support::no))),
            "kube-router (pid 1402); ");
  EXPECT_THAT(result_of("xt_missing", said("xt_multiport", Support::no)).findings, IsEmpty());
}

TEST(XtMissing, NeedsNftCompatForNfTablesAlone) {
  EXPECT_EQ(result_of("xt_missing", said("nft_compat", Support::no)).findings.size(), 3U);
  const NodeBuilder legacy = a_node()
                                 .no_rules()
                                 .k0s_bin(Backend::legacy, "1.8.9")
                                 .with(kubelet().legacy("1.8.9"))
                                 .with(kube_proxy().legacy("1.8.11"))
                                 .with(kube_router().legacy("1.8.9"));
  EXPECT_THAT(result_of("xt_missing", said("nft_compat", Support::no, legacy)).findings, IsEmpty());
}

TEST(XtMissing, TakesAffinityAloneForLess) {
  const CheckResult result = result_of("xt_missing", said("xt_recent", Support::no));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::error);
  EXPECT_THAT(text_of(result.findings[0]), HasSubstr("sessionAffinity"));
}

TEST(XtMissing, TakesRulesThatAreThereForProof) {
  EXPECT_EQ(result_of("xt_missing", said("xt_statistic", Support::unknown)).status,
            CheckStatus::pass);
  EXPECT_EQ(result_of("xt_missing", said("xt_statistic", Support::unknown,
                                         a_node().no_rules_of(Owner::kube_proxy)))
                .status,
            CheckStatus::unknown);
}

TEST(XtMissing, DoesNotAskForWhatAKubeProxyInNftablesModeDoesNotName) {
  EXPECT_THAT(
      result_of("xt_missing", said("xt_statistic", Support::no,
                                   a_node().with(kube_proxy().declares("nftables").native_nft())))
          .findings,
      IsEmpty());
}

}  // namespace
}  // namespace iptmode
