// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/cluster_networks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iptmode::collect {
namespace {

using namespace std::string_view_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(RangesIn, AreInNormalForm) {
  EXPECT_THAT(ranges_in("10.244.1.7/16, fd00:0::1/108"),
              ElementsAre("10.244.0.0/16", "fd00::/108"));
  EXPECT_THAT(ranges_in(""), IsEmpty());
  EXPECT_THAT(ranges_in("10.0.0.1,,x/8,10.0.0.0/33,/8,10.0.0.0/"), IsEmpty());
  std::string many;
  for (int i = 0; i < 100; ++i) many += "10." + std::to_string(i) + ".0.0/16,";
  EXPECT_EQ(ranges_in(many).size(), 8U);
}

TEST(ProxyClusterCidr, IsTheKeyOfTheConfiguration) {
  EXPECT_THAT(*parse_proxy_cluster_cidr("mode: iptables\nclusterCIDR: 10.1.0.0/16,fd01::/108\n"),
              ElementsAre("10.1.0.0/16", "fd01::/108"));
  EXPECT_THAT(*parse_proxy_cluster_cidr("mode: iptables\n"), IsEmpty());
  EXPECT_THAT(*parse_proxy_cluster_cidr("clusterCIDR: [1, 2]\n"), IsEmpty());
  EXPECT_FALSE(parse_proxy_cluster_cidr("{").has_value());
  EXPECT_FALSE(parse_proxy_cluster_cidr("- a\n").has_value());
}

TEST(K0sNetworks, AreReadWithBothFamilies) {
  const auto networks = parse_k0s_networks(R"(
apiVersion: k0s.k0sproject.io/v1beta1
kind: ClusterConfig
spec:
  network:
    podCIDR: 10.10.0.0/16
    serviceCIDR: 10.20.0.0/16
    dualStack: {enabled: true, IPv6podCIDR: "fd00::/108", IPv6serviceCIDR: "fd01::/108"}
)");
  ASSERT_TRUE(networks.has_value());
  EXPECT_THAT(networks->pods, ElementsAre("10.10.0.0/16", "fd00::/108"));
  EXPECT_THAT(networks->services, ElementsAre("10.20.0.0/16", "fd01::/108"));
}

TEST(K0sNetworks, SurviveWhateverIsThere) {
  for (const auto text : {"spec: 1\n"sv, "spec: {network: [a]}\n"sv, "a: b\n"sv}) {
    const auto networks = parse_k0s_networks(text);
    ASSERT_TRUE(networks.has_value()) << text;
    EXPECT_EQ(*networks, ClusterNetworks{});
  }
  EXPECT_FALSE(parse_k0s_networks("").has_value());
  EXPECT_FALSE(parse_k0s_networks(std::string(10000, '[')).has_value());
}

// As kube-router 2.x leaves it on a k0s worker.
TEST(CniFile, OfKubeRouterNamesBridgeAndRange) {
  const auto file = parse_cni_file("/etc/cni/net.d/10-kuberouter.conflist", R"({
    "cniVersion":"0.3.0","name":"mynet","plugins":[
      {"bridge":"kube-bridge","ipam":{"subnet":"10.244.1.0/24","type":"host-local"},
       "isDefaultGateway":true,"mtu":1480,"name":"kubernetes","type":"bridge"},
      {"capabilities":{"portMappings":true,"snat":true},"type":"portmap"}]})");
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(file->network.name, "mynet");
  EXPECT_THAT(file->network.plugins, ElementsAre("bridge", "portmap"));
  EXPECT_THAT(file->network.bridges, ElementsAre("kube-bridge"));
  EXPECT_THAT(file->pods, ElementsAre("10.244.1.0/24"));
}

TEST(CniFile, OfASinglePluginAndOfRangesIsRead) {
  const auto file = parse_cni_file("/x", R"({"name":"n","type":"bridge","ipam":{"ranges":
    [[{"subnet":"10.1.0.0/24"}],[{"subnet":"fd00::/64"}]]}})");
  ASSERT_TRUE(file.has_value());
  EXPECT_THAT(file->network.plugins, ElementsAre("bridge"));
  EXPECT_THAT(file->pods, ElementsAre("10.1.0.0/24", "fd00::/64"));
}

TEST(CniFile, ThatIsBrokenIsRefusedAndOddOnesAreEmpty) {
  const std::string deep = std::string(100000, '[');
  for (const auto text : {""sv, "{"sv, "[]"sv, "null"sv, "\xff"sv, std::string_view{deep}})
    EXPECT_FALSE(parse_cni_file("/x", text).has_value()) << text.substr(0, 20);
  for (const auto text :
       {"{}"sv, R"({"plugins":1,"name":[]})"sv, R"({"plugins":[1,{"type":{}},{"ipam":[]}]})"sv,
        R"({"type":"b","ipam":{"ranges":[{},[1]]}})"sv}) {
    const auto file = parse_cni_file("/x", text);
    ASSERT_TRUE(file.has_value()) << text;
    EXPECT_THAT(file->pods, IsEmpty());
  }
}

TEST(FlannelSubnet, NamesTheWholeNetwork) {
  EXPECT_THAT(parse_flannel_subnet("FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.1.1/24\n"),
              ElementsAre("10.244.0.0/16"));
  EXPECT_THAT(parse_flannel_subnet("FLANNEL_SUBNET=10.244.1.1/24"), IsEmpty());
}

TEST(CalicoSettings, KeepNothingElseOfTheEnvironment) {
  EXPECT_THAT(
      calico_settings("PASSWORD=x\0CALICO_IPV4POOL_IPIP=Always\0FELIX_IPINIPENABLED=true\0"sv),
      ElementsAre(Pair("CALICO_IPV4POOL_IPIP", "Always"), Pair("FELIX_IPINIPENABLED", "true")));
}

}  // namespace
}  // namespace iptmode::collect
