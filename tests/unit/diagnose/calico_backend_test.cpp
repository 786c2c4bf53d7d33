// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "finding_matchers.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace iptmode::testing;

ComponentBuilder felix_in_auto() {
  return calico_node().setting("FELIX_IPTABLESBACKEND", "auto").declares("auto");
}

ComponentBuilder felix_pinned_to_legacy() {
  return calico_node()
      .setting("FELIX_IPTABLESBACKEND", "Legacy")
      .declares("legacy")
      .pins(Backend::legacy);
}

NodeBuilder a_calico_node(const ComponentBuilder& felix) {
  NodeBuilder node = a_node();
  node.without(ComponentKind::kube_router).no_rules_of(Owner::kube_router).with(felix);
  return node;
}

TEST(CalicoBackend, FiresWhenFelixIsToldTheOtherBackend) {
  const Snapshot node = a_calico_node(felix_pinned_to_legacy()).legacy_rules(Owner::felix, 120);
  const CheckResult result = result_of("calico_backend", node);
  EXPECT_EQ(result.status, CheckStatus::fail);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_THAT(
      text_of(result.findings[0]),
      AllOf(HasSubstr("told to use legacy while the others on this node use nf_tables"),
            HasSubstr("FELIX_IPTABLESBACKEND=Legacy"), HasSubstr("120 rules in legacy (cali-*)"),
            HasSubstr("FELIX_IPTABLESBACKEND to NFT")));
}

TEST(CalicoBackend, IsCriticalWhereAChainDropsWhatTheOtherSideAccepts) {
  const auto severity = [](const std::string& policy) {
    const Snapshot node = a_calico_node(felix_in_auto())
                              .legacy_rules(Owner::felix, 120)
                              .policy(Backend::legacy, "filter", "FORWARD", policy);
    return result_of("calico_backend", node).findings.at(0).severity;
  };
  EXPECT_EQ(severity("drop"), Severity::critical);
  EXPECT_EQ(severity("accept"), Severity::error);
}

TEST(CalicoBackend, ShowsWhereTheOthersAre) {
  const Snapshot node = a_calico_node(felix_in_auto()).legacy_rules(Owner::felix, 120);
  const std::string text = text_of(result_of("calico_backend", node).findings.at(0));
  EXPECT_THAT(text, AllOf(HasSubstr("kube-proxy (pid 1311): "), HasSubstr("kubelet (pid 902): ")));
  EXPECT_THAT(text, Not(HasSubstr("iptables-wrapper is in its path")));
}

TEST(CalicoBackend, IsSilentWhenFelixIsWithTheOthers) {
  EXPECT_EQ(result_of("calico_backend", a_calico_node(felix_in_auto()).nft_rules(Owner::felix, 120))
                .status,
            CheckStatus::pass);
}

TEST(CalicoBackend, DoesNotLookAtTheLink) {
  const Snapshot node = a_calico_node(felix_in_auto().legacy("1.8.4")).nft_rules(Owner::felix, 120);
  EXPECT_EQ(result_of("calico_backend", node).status, CheckStatus::pass);
}

TEST(CalicoBackend, FiresWhenFelixDecidedForTheOtherSide) {
  const Snapshot node = a_calico_node(felix_in_auto()).legacy_rules(Owner::felix, 120);
  const CheckResult result = result_of("calico_backend", node);
  EXPECT_EQ(result.status, CheckStatus::fail);
  EXPECT_THAT(result.message, HasSubstr("left to decide itself, writes legacy"));
}

TEST(CalicoBackend, FiresWhenItsChainsAreNotWhereItWasTold) {
  const Snapshot node = a_calico_node(felix_pinned_to_legacy()).nft_rules(Owner::felix, 120);
  EXPECT_THAT(result_of("calico_backend", node).message,
              HasSubstr("told to use legacy and its chains are in nf_tables"));
}

TEST(CalicoBackend, WarnsAboutWhatAutoWillTakeWithoutAHint) {
  const Snapshot node = a_calico_node(felix_in_auto()).no_hint().legacy_rules({}, 9000);
  const CheckResult result = result_of("calico_backend", node);
  EXPECT_EQ(result.status, CheckStatus::warn);
  EXPECT_THAT(result.message, HasSubstr("takes legacy"));
}

TEST(CalicoBackend, SkipsInNftablesModeButFindsWhatIsLeft) {
  const ComponentBuilder native =
      calico_node().setting("FELIX_NFTABLESMODE", "Enabled").declares("nftables").native_nft();
  const CheckResult clean = result_of("calico_backend", a_calico_node(native));
  EXPECT_EQ(clean.status, CheckStatus::skip);
  EXPECT_EQ(clean.message, "felix runs in nftables mode");
  const Snapshot left = a_calico_node(native).legacy_rules(Owner::felix, 120);
  EXPECT_EQ(result_of("calico_backend", left).status, CheckStatus::warn);
}

TEST(CalicoBackend, SkipsWithoutCalico) {
  EXPECT_EQ(result_of("calico_backend", a_node()).status, CheckStatus::skip);
}

TEST(CalicoBackend, IsUnknownWhenItsChainsCouldNotBeRead) {
  EXPECT_EQ(
      result_of("calico_backend", a_calico_node(felix_in_auto()).unread(Backend::legacy)).status,
      CheckStatus::unknown);
}

}  // namespace
}  // namespace iptmode
