// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/link_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fresh_network.h"

namespace iptmode::kernel {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const NetworkLink* find(const LinkReading& reading, std::string_view name) {
  for (const NetworkLink& link : reading.links)
    if (link.name == name) return &link;
  return nullptr;
}

Result<LinkReading> read_now() {
  return read_links(std::chrono::steady_clock::now() + std::chrono::seconds{5});
}

TEST(ReadLinks, SeesAddressesStatesAndKinds) {
  in_fresh_network([] {
    shell("ip link set lo up");
    shell("ip link add eth0 type veth peer name eth0p; ip link set eth0 up");
    shell("ip addr add 192.168.1.7/24 dev eth0; ip addr add fd00::7/64 dev eth0 nodad");
    shell("ip addr add 10.9.0.1 peer 10.9.0.2 dev eth0p");
    const auto reading = read_now();
    ASSERT_TRUE(reading.has_value()) << to_string(reading.error());
    ASSERT_NE(find(*reading, "eth0"), nullptr);
    EXPECT_EQ(find(*reading, "eth0")->kind, "veth");
    EXPECT_TRUE(find(*reading, "eth0")->up);
    EXPECT_THAT(find(*reading, "eth0")->addresses, Contains("192.168.1.7/24"));
    EXPECT_THAT(find(*reading, "eth0")->addresses, Contains("fd00::7/64"));
    EXPECT_FALSE(find(*reading, "eth0p")->up);
    EXPECT_THAT(find(*reading, "eth0p")->addresses, ElementsAre("10.9.0.1/32"));
    EXPECT_THAT(find(*reading, "lo")->addresses, ElementsAre("127.0.0.1/8", "::1/128"));
    shell("ip addr add 10.0.0.9/24 dev eth0");
    // The first one is the address that the node has on the link.
    const auto with_another = read_now();
    ASSERT_TRUE(with_another.has_value());
    EXPECT_EQ(find(*with_another, "eth0")->addresses.front(), "192.168.1.7/24");
    EXPECT_EQ(in_short(with_another->links).at(0).addresses.front(), "10.0.0.9/24");
    EXPECT_EQ(find(*reading, "lo")->kind, "");
    EXPECT_THAT(reading->tunnel_routes, IsEmpty());
  });
}

TEST(ReadLinks, KeepsAFewVethsForAll) {
  in_fresh_network([] {
    shell("for i in $(seq 10 29); do ip link add cali$i type veth peer name peer$i; done");
    auto reading = read_now();
    ASSERT_TRUE(reading.has_value());
    EXPECT_NE(find(*reading, "peer29"), nullptr);
    reading->links = in_short(std::move(reading->links));
    EXPECT_NE(find(*reading, "cali10"), nullptr);
    EXPECT_EQ(find(*reading, "peer29"), nullptr);
    EXPECT_NE(find(*reading, "lo"), nullptr);
  });
}

TEST(ReadLinks, SeesAVxlanWithItsPort) {
  in_fresh_network([] {
    if (std::system("ip link add vxlan.calico type vxlan id 4096 dstport 4789 2>/dev/null") != 0)
      GTEST_SKIP() << "this kernel has no vxlan";
    const auto reading = read_now();
    ASSERT_TRUE(reading.has_value());
    ASSERT_NE(find(*reading, "vxlan.calico"), nullptr);
    EXPECT_EQ(find(*reading, "vxlan.calico")->kind, "vxlan");
    EXPECT_EQ(find(*reading, "vxlan.calico")->port, 4789);
  });
}

TEST(ReadLinks, SeesRoutesThroughIpIp) {
  in_fresh_network([] {
    if (std::system("ip link add tunl1 type ipip local 192.168.1.7 2>/dev/null") != 0)
      GTEST_SKIP() << "this kernel has no ipip";
    shell("ip addr add 10.244.1.1/32 dev tunl1; ip link set tunl1 up; ip link set lo up");
    shell("ip route add 10.244.7.0/26 via 192.168.1.8 dev tunl1 onlink");
    const auto reading = read_now();
    ASSERT_TRUE(reading.has_value());
    EXPECT_THAT(reading->tunnel_routes,
                ElementsAre(NetworkRoute{
                    .destination = "10.244.7.0/26", .gateway = "192.168.1.8", .link = "tunl1"}));
    EXPECT_EQ(find(*reading, "tunl1")->kind, "ipip");
  });
}

TEST(ReadLinks, EndsAtItsDeadline) {
  const auto reading = read_links(std::chrono::steady_clock::now() - std::chrono::seconds{1});
  ASSERT_FALSE(reading.has_value());
  EXPECT_EQ(reading.error().code, std::errc::timed_out);
}

}  // namespace
}  // namespace iptmode::kernel
