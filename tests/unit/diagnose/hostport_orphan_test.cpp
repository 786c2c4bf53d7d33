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

/// Its chain is CNI-DN- and the first 21 digits of `printf cbr0c0ffee | sha512sum`.
HostPort a_port(std::optional<bool> running = true) {
  return {.pod = "ingress/nginx-abcde",
          .container_id = "c0ffee",
          .network = "cbr0",
          .port = 8080,
          .container_port = 80,
          .protocol = "tcp",
          .running = running};
}
const std::string kChain = "CNI-DN-bf3a68af647c37c99566a";

NodeBuilder with(const HostPort& port) {
  return a_node().edit([&](Snapshot& snapshot) { snapshot.host_settings->host_ports = {port}; });
}

NodeBuilder and_rules(NodeBuilder node, const std::string& key) {
  return node.edit(
      [&](Snapshot& snapshot) { snapshot.networks.front().nft->front().host_ports = {key}; });
}

TEST(HostportOrphan, FindsAPortOfARunningPodWithoutRules) {
  const CheckResult result = result_of("hostport_orphan", with(a_port()));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::error);
  EXPECT_EQ(result.findings[0].subject, "pod ingress/nginx-abcde");
  const std::string text = text_of(result.findings[0]);
  EXPECT_THAT(text, HasSubstr("8080/tcp"));
  EXPECT_THAT(text, HasSubstr(kChain));
  EXPECT_THAT(text, HasSubstr("kubectl -n ingress delete pod nginx-abcde"));
}

TEST(HostportOrphan, IsSilentWhereTheChainOrTheNativeRuleIs) {
  EXPECT_EQ(result_of("hostport_orphan", and_rules(with(a_port()), kChain)).status,
            CheckStatus::pass);
  EXPECT_EQ(result_of("hostport_orphan", and_rules(with(a_port()), "c0ffee")).status,
            CheckStatus::pass);
  EXPECT_EQ(result_of("hostport_orphan", and_rules(with(a_port()), "CNI-DN-another")).status,
            CheckStatus::fail);
}

TEST(HostportOrphan, PassesOverPodsThatAreGone) {
  EXPECT_THAT(result_of("hostport_orphan", with(a_port(false))).findings, IsEmpty());
}

TEST(HostportOrphan, SaysWhenItCannotTellWhetherThePodRuns) {
  EXPECT_EQ(result_of("hostport_orphan", with(a_port(std::nullopt))).status, CheckStatus::unknown);
  EXPECT_EQ(result_of("hostport_orphan", and_rules(with(a_port(std::nullopt)), kChain)).status,
            CheckStatus::pass);
}

TEST(HostportOrphan, DoesNotPassWithoutTheTables) {
  EXPECT_EQ(result_of("hostport_orphan", with(a_port()).unread(Backend::legacy)).status,
            CheckStatus::unknown);
}

}  // namespace
}  // namespace iptmode
