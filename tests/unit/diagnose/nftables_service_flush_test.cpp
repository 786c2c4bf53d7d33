// SPDX-License-Identifier: GPL-2.0-or-later
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

/// Debian's service with its own file: enabled, flushes when it starts and when it stops.
NftablesService debians() {
  return {.unit = "/lib/systemd/system/nftables.service",
          .enabled_by = "/etc/systemd/system/sysinit.target.wants/nftables.service",
          .at_start = {{.file = "/etc/nftables.conf", .line = 3}},
          .at_stop = {{.file = "/lib/systemd/system/nftables.service", .line = 16}}};
}

Snapshot with(const NftablesService& service, NodeBuilder node = a_node()) {
  return node.edit([&](Snapshot& snapshot) { snapshot.host_settings->nftables_service = service; });
}

TEST(NftablesServiceFlush, FindsAnEnabledServiceThatEmptiesTheNodesTables) {
  const CheckResult result = result_of("nftables_service_flush", with(debians()));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::error);
  const std::string text = text_of(result.findings[0]);
  EXPECT_THAT(text, HasSubstr("/etc/nftables.conf:3: flush ruleset"));
  EXPECT_THAT(text, HasSubstr("kube-proxy"));
  EXPECT_THAT(text, HasSubstr("kube-router"));
  EXPECT_THAT(text, HasSubstr("in /etc/nftables.conf replace line 3"));
}

TEST(NftablesServiceFlush, WarnsOfAServiceThatFlushesOnlyWhenItStops) {
  NftablesService service = debians();
  service.at_start.clear();
  const CheckResult result = result_of("nftables_service_flush", with(service));
  EXPECT_EQ(result.status, CheckStatus::warn);
  EXPECT_THAT(text_of(result.findings.at(0)), HasSubstr("ExecStop="));
}

TEST(NftablesServiceFlush, IsSilentAboutTheSameServiceWhereItIsNotEnabled) {
  NftablesService service = debians();
  service.enabled_by.clear();
  EXPECT_THAT(result_of("nftables_service_flush", with(service)).findings, IsEmpty());
}

TEST(NftablesServiceFlush, IsSilentWhenOnlyTablesOfAnotherFamilyGo) {
  NftablesService service = debians();
  service.at_start[0].family = "inet";
  service.at_stop.clear();
  EXPECT_EQ(result_of("nftables_service_flush", with(service)).status, CheckStatus::pass);
}

TEST(NftablesServiceFlush, IsSilentOnAMachineWithoutKubernetes) {
  EXPECT_THAT(result_of("nftables_service_flush", with(debians(), a_plain_machine())).findings,
              IsEmpty());
}

TEST(NftablesServiceFlush, IsANoteWhereNoRuleOfKubernetesIsInNft) {
  const NodeBuilder legacy =
      a_node().no_rules().hint(Backend::legacy).nat_rules(Backend::legacy, Owner::kube_proxy, 2800);
  const CheckResult result = result_of("nftables_service_flush", with(debians(), legacy));
  EXPECT_EQ(result.status, CheckStatus::pass);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_THAT(text_of(result.findings[0]), Not(HasSubstr("kube-proxy")));
}

TEST(NftablesServiceFlush, DoesNotPassWhereTheFilesWereNotRead) {
  EXPECT_EQ(
      result_of("nftables_service_flush", a_node().gap(Fact::host_settings, "settings on the host"))
          .status,
      CheckStatus::unknown);
}

}  // namespace
}  // namespace iptmode
