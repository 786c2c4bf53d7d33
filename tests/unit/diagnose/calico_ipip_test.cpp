// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "finding_matchers.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using namespace iptmode::testing;
using Settings = std::vector<std::pair<std::string, std::string>>;

NodeBuilder calico(Settings settings, std::vector<NetworkLink> links = {},
                   std::vector<NetworkRoute> routes = {}) {
  return a_node()
      .without(ComponentKind::kube_router)
      .with(calico_node())
      .edit([&](Snapshot& snapshot) {
        snapshot.node_networks.encapsulation = std::move(settings);
        snapshot.networks.at(0).links = std::move(links);
        snapshot.networks.at(0).tunnel_routes = std::move(routes);
      });
}

const NetworkLink kTunnel{
    .name = "tunl0", .kind = "ipip", .up = true, .addresses = {"10.244.1.1/32"}};
const NetworkLink kVxlan{.name = "vxlan.calico",
                         .kind = "vxlan",
                         .up = true,
                         .addresses = {"10.244.1.0/32"},
                         .port = 4789};

TEST(CalicoIpip, InTheKernelIsAnError) {
  const CheckResult result =
      result_of("calico_ipip", calico({}, {kTunnel}, {{"10.244.7.0/26", "192.168.1.8", "tunl0"}}));
  ASSERT_THAT(result.findings, SizeIs(1));
  EXPECT_EQ(result.findings[0].severity, Severity::error);
  EXPECT_THAT(text_of(result.findings[0]),
              AllOf(HasSubstr("tunl0 is up and has 10.244.1.1/32"),
                    HasSubstr("route to 10.244.7.0/26 via 192.168.1.8 through tunl0"),
                    HasSubstr("calico-node (pid ")));
}

TEST(CalicoIpip, OfThePoolIsAnErrorUnlessVxlanCarriesThePackets) {
  const Settings always{{"CALICO_IPV4POOL_IPIP", "Always"}};
  EXPECT_EQ(result_of("calico_ipip", calico(always)).status, CheckStatus::fail);
  EXPECT_EQ(result_of("calico_ipip", calico(always, {kVxlan})).status, CheckStatus::warn);
  EXPECT_EQ(result_of("calico_ipip", calico({{"FELIX_IPINIPENABLED", "true"}})).status,
            CheckStatus::warn);
}

TEST(CalicoIpip, IsSilentWithVxlan) {
  const NetworkLink idle{.name = "tunl0", .kind = "ipip", .up = false};
  const CheckResult result = result_of("calico_ipip", calico({{"CALICO_IPV4POOL_IPIP", "Never"},
                                                              {"CALICO_IPV4POOL_VXLAN", "Always"},
                                                              {"FELIX_IPINIPENABLED", "false"}},
                                                             {kVxlan, idle}));
  EXPECT_EQ(result.status, CheckStatus::pass);
  EXPECT_TRUE(result.findings.empty());
}

TEST(CalicoIpip, IsSkippedWithoutCalico) {
  EXPECT_EQ(result_of("calico_ipip", a_node()).status, CheckStatus::skip);
}

TEST(CalicoIpip, IsUndecidedWhenInterfacesWereNotRead) {
  EXPECT_EQ(
      result_of("calico_ipip", calico({}).gap(Fact::node_networks, "network interfaces")).status,
      CheckStatus::unknown);
}

}  // namespace
}  // namespace iptmode
