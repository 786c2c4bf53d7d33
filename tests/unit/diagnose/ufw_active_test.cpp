// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "finding_matchers.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace iptmode::testing;

NodeBuilder with_settings(NodeBuilder node, UfwSettings ufw) {
  return node.edit([&](Snapshot& snapshot) { snapshot.host_settings->ufw = std::move(ufw); });
}

const UfwSettings kDefault{.enabled = true, .forward_policy = "DROP"};

/// ufw's rules with its default policies, in one backend.
NodeBuilder with_ufw(Backend backend, const std::string& policy = "drop") {
  return a_node()
      .host_iptables(Backend::nf_tables, "1.8.9")
      .rules(backend, Owner::ufw, 60)
      .policy(backend, "filter", "FORWARD", policy);
}

TEST(UfwActive, IsAnErrorWhereItDropsWhatNoPluginAcceptsInItsTable) {
  const CheckResult result =
      result_of("ufw_active", with_settings(with_ufw(Backend::legacy), kDefault));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::error);
  const std::string text = text_of(result.findings[0]);
  EXPECT_THAT(text, HasSubstr("legacy, ipv4: the policy of FORWARD is DROP; no network plugin"));
  EXPECT_THAT(text,
              HasSubstr("or reboot: ufw uses the host's iptables, which is nf_tables by now"));
}

TEST(UfwActive, SaysHowToSwitchAHostThatIsOnTheOtherSide) {
  NodeBuilder node = with_settings(with_ufw(Backend::legacy), kDefault);
  const CheckResult result = result_of("ufw_active", node.host_iptables(Backend::legacy, "1.8.9"));
  EXPECT_THAT(text_of(result.findings.at(0)), HasSubstr("--set iptables /usr/sbin/iptables-nft"));
}

TEST(UfwActive, WarnsWhereThePluginStandsInTheSameTable) {
  const CheckResult result =
      result_of("ufw_active", with_settings(with_ufw(Backend::nf_tables), kDefault));
  EXPECT_EQ(result.status, CheckStatus::warn);
  EXPECT_THAT(text_of(result.findings.at(0)), HasSubstr("kube-router has rules in it"));
}

TEST(UfwActive, WarnsOfTheOtherBackendThoughItForwards) {
  const CheckResult result = result_of("ufw_active", with_ufw(Backend::legacy, "accept"));
  EXPECT_EQ(result.status, CheckStatus::warn);
  EXPECT_THAT(text_of(result.findings.at(0)), HasSubstr("ufw filters in legacy"));
}

TEST(UfwActive, IsANoteWhereItForwardsInTheNodesBackend) {
  const CheckResult result = result_of("ufw_active", with_ufw(Backend::nf_tables, "accept"));
  EXPECT_EQ(result.status, CheckStatus::pass);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_THAT(result.findings[0].remedy, IsEmpty());
}

TEST(UfwActive, WarnsOfWhatTheNextBootLoads) {
  EXPECT_EQ(result_of("ufw_active", with_settings(a_node(), kDefault)).status, CheckStatus::warn);
  EXPECT_EQ(result_of("ufw_active",
                      with_settings(a_node(), {.enabled = true, .forward_policy = "ACCEPT"}))
                .status,
            CheckStatus::pass);
}

TEST(UfwActive, IsSilentWhereItIsInstalledAndDisabled) {
  EXPECT_THAT(result_of("ufw_active", with_settings(a_node(), {.enabled = false})).findings,
              IsEmpty());
  EXPECT_THAT(result_of("ufw_active", a_node()).findings, IsEmpty());
  EXPECT_THAT(result_of("ufw_active", with_settings(a_plain_machine(), kDefault)).findings,
              IsEmpty());
}

}  // namespace
}  // namespace iptmode
