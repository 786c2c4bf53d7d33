// SPDX-License-Identifier: GPL-2.0-or-later
//
// The releases of iptables that k0s brings by design, from its tags (vars.sh, pkg/constant) and the
// images that those name. None of them may warn about versions alone.
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "finding_matchers.h"
#include "nft_encodings.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

using namespace iptmode::testing;

struct StockRelease {
  std::string_view k0s = {};
  std::string_view bin = {};
  std::string_view kube_proxy = {};
  std::string_view kube_router = {};
  std::string_view calico = {};
};

constexpr StockRelease kReleases[] = {
    {"1.28", "1.8.9", "1.8.9", "1.8.9", "1.8.4"},  // calico: the upstream image, RHEL's 1.8.4-17
    {"1.29", "1.8.9", "1.8.9", "1.8.9", "1.8.4"},
    {"1.30", "1.8.9", "1.8.10", "1.8.9", "1.8.8"},  // calico: RHEL's 1.8.8-6
    {"1.31", "1.8.9", "1.8.10", "1.8.9", "1.8.9"},
    {"1.32", "1.8.9", "1.8.11", "1.8.9", "1.8.9"},
    {"1.32 late", "1.8.9", "1.8.11", "1.8.9", "1.8.11"},
    {"1.33", "1.8.11", "1.8.11", "1.8.11", "1.8.11"},
    {"1.34", "1.8.11", "1.8.11", "1.8.11", "1.8.11"},
    {"1.35", "1.8.11", "1.8.11", "1.8.11", "1.8.11"},
    {"1.36", "1.8.13", "1.8.11", "1.8.13", "1.8.13"},
};

/// What 1.8.9 and later write for Services and policies, port ranges and logs included.
constexpr Encodings kModern{
    .short_prefix = 30, .native_mark = 12, .native_port = 800, .native_range = 2};

NodeBuilder with_kube_router(const StockRelease& release) {
  return a_node()
      .k0s_bin(Backend::nf_tables, release.bin)
      .with(kubelet().nft(release.bin))
      .with(kube_proxy().nft(release.kube_proxy))
      .with(kube_router().nft(release.kube_router));
}

NodeBuilder with_calico(const StockRelease& release) {
  return with_kube_router(release)
      .without(ComponentKind::kube_router)
      .no_rules_of(Owner::kube_router)
      .with(calico_node().installation(an_installation("/usr/sbin")
                                           .by_name(Backend::nf_tables, release.calico)
                                           .multi(Backend::legacy, release.calico)
                                           .links(Backend::nf_tables, release.calico)))
      .nft_rules(Owner::felix, 300);
}

void expect_no_warning(const Snapshot& node) {
  for (const std::string_view id :
       {"version_skew", "version_known_bad", "version_unknown", "install_inconsistent"}) {
    SCOPED_TRACE(id);
    const CheckResult result = result_of(id, node);
    EXPECT_EQ(result.status, CheckStatus::pass) << result.message;
    for (const Finding& finding : result.findings)
      EXPECT_EQ(finding.severity, Severity::info) << text_of(finding);
  }
}

TEST(StockReleases, DoNotWarnAboutVersionsWithKubeRouter) {
  for (const StockRelease& release : kReleases) {
    SCOPED_TRACE(release.k0s);
    expect_no_warning(with_kube_router(release));
    expect_no_warning(encoded(with_kube_router(release), "filter", kModern));
    expect_no_warning(encoded(with_kube_router(release), "nat", kModern));
  }
}

TEST(StockReleases, DoNotWarnAboutVersionsWithCalico) {
  // Without port ranges and logs, which kube-proxy and kubelet do not write.
  constexpr Encodings kServices{.short_prefix = 30, .native_mark = 12, .native_port = 800};
  for (const StockRelease& release : kReleases) {
    SCOPED_TRACE(release.k0s);
    expect_no_warning(with_calico(release));
    expect_no_warning(encoded(with_calico(release), "nat", kServices));
  }
}

TEST(StockReleases, SayNothingAtAllOn132) {
  for (const std::string_view id : {"version_skew", "version_known_bad", "version_unknown"})
    EXPECT_TRUE(result_of(id, encoded(a_node(), "filter", kModern)).findings.empty()) << id;
}

// v1.22.13, v1.23.10 and v1.24.4 brought 1.8.8 while their images had 1.8.7.
TEST(StockReleases, FireOnTheThreeWith188InTheBinDirectory) {
  constexpr StockRelease kBroken{"1.22.13", "1.8.8", "1.8.7", "1.8.7", "1.8.4"};
  const CheckResult waiting = result_of("version_skew", with_kube_router(kBroken));
  EXPECT_EQ(waiting.status, CheckStatus::warn);
  EXPECT_EQ(waiting.findings.size(), 2U);  // kube-proxy and kube-router read what kubelet writes

  const Snapshot bitten = encoded(with_kube_router(kBroken), "filter", {.native_mark = 1});
  EXPECT_EQ(result_of("version_skew", bitten).severity, Severity::critical);
  EXPECT_EQ(result_of("version_known_bad", bitten).status, CheckStatus::warn);
}

TEST(StockReleases, DoNotCallThoseThreeSkewedInLegacyMode) {
  const Snapshot node = a_node()
                            .k0s_bin(Backend::legacy, "1.8.8")
                            .with(kubelet().legacy("1.8.8"))
                            .with(kube_proxy().legacy("1.8.7"))
                            .with(kube_router().legacy("1.8.7"));
  EXPECT_EQ(result_of("version_skew", node).status, CheckStatus::pass);
  EXPECT_EQ(result_of("version_known_bad", node).status, CheckStatus::pass);
}

}  // namespace
}  // namespace iptmode
