// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include "finding_matchers.h"
#include "iptmode/diagnose.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

using namespace iptmode::testing;

void expect_no_findings(const Snapshot& snapshot) {
  for (const CheckResult& result : diagnose(snapshot)) {
    SCOPED_TRACE(result.id);
    EXPECT_TRUE(result.status == CheckStatus::pass || result.status == CheckStatus::skip)
        << to_string(result.status) << ": " << result.message;
    for (const Finding& finding : result.findings) ADD_FAILURE() << text_of(finding);
  }
}

TEST(StockNode, PassesWithKubeRouterAndThreeReleasesOfIptables) {
  expect_no_findings(a_node());
}

TEST(StockNode, PassesWithCalico) {
  expect_no_findings(a_node()
                         .without(ComponentKind::kube_router)
                         .no_rules_of(Owner::kube_router)
                         .with(calico_node().setting("FELIX_IPTABLESBACKEND", "auto"))
                         .nft_rules(Owner::felix, 120));
}

TEST(StockNode, PassesWhenEverythingIsLegacy) {
  expect_no_findings(a_node()
                         .no_rules()
                         .k0s_bin(Backend::legacy, "1.8.9")
                         .with(kubelet().legacy("1.8.9"))
                         .with(kube_proxy().legacy("1.8.11"))
                         .with(kube_router().legacy("1.8.9"))
                         .hint(Backend::legacy)
                         .nat_rules(Backend::legacy, Owner::kube_proxy, 2800)
                         .legacy_rules(Owner::kube_router, 56));
}

TEST(StockNode, PassesOnAMachineThatRunsNothing) {
  expect_no_findings(a_plain_machine());
}

}  // namespace
}  // namespace iptmode
