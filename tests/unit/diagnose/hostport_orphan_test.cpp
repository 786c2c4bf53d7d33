// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "finding_matchers.h"
#include "path_builder.h"
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

/// A nat table with the port's chain, and what PREROUTING does with packets to the node.
Snapshot a_node_that_jumps(const std::string& chain, Backend backend = Backend::nf_tables) {
  return with(a_port()).edit([&](Snapshot& node) {
    give_uplink(node, {});
    const Rule jump{.action = {.kind = Action::Kind::jump, .chain = chain}};
    add_base(node, {.backend = backend,
                    .table = "nat",
                    .chain = "PREROUTING",
                    .hook = "prerouting",
                    .rules = {jump}});
    for (NftTable& table : *node.networks.front().nft)
      if (backend == Backend::nf_tables && table.family == "ip" && table.name == "nat")
        table.host_ports = {kChain};
    for (LegacyTable& table : *node.networks.front().legacy)
      if (backend == Backend::legacy && table.name == "nat") table.host_ports = {kChain};
  });
}

TEST(HostportOrphan, FindsChainsThatNothingLeadsTo) {
  for (const Backend backend : kAllBackends) {
    const CheckResult result =
        result_of("hostport_orphan", a_node_that_jumps("KUBE-SERVICES", backend));
    ASSERT_EQ(result.findings.size(), 1U) << to_string(backend);
    EXPECT_EQ(result.findings[0].severity, Severity::error);
    EXPECT_THAT(text_of(result.findings[0]),
                HasSubstr("-A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT"));
    EXPECT_EQ(result_of("hostport_orphan", a_node_that_jumps("CNI-HOSTPORT-DNAT", backend)).status,
              CheckStatus::pass);
  }
}

TEST(HostportOrphan, DoesNotMissAJumpThatWasNotRead) {
  Snapshot cut = a_node_that_jumps("KUBE-SERVICES");
  cut.networks.front().packet_path->tables.front().chains.front().cut = true;
  EXPECT_EQ(result_of("hostport_orphan", cut).status, CheckStatus::pass);
  Snapshot elsewhere = a_node_that_jumps("KUBE-SERVICES");
  elsewhere.networks.front().packet_path->questions.clear();
  EXPECT_EQ(result_of("hostport_orphan", elsewhere).status, CheckStatus::pass);
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
