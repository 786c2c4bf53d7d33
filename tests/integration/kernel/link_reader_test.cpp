// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/link_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fresh_network.h"
#include "kernel/vxlan_peers.h"

namespace iptmode::kernel {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

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

TEST(ReadLinks, SeesWhereVxlansSendTo) {
  in_fresh_network([] {
    shell("ip link set lo up; ip link add up0 type veth peer name up1; ip link set up0 up");
    shell("ip addr add 192.0.2.5/24 dev up0; ip addr add 2001:db8::5/64 dev up0 nodad");
    const std::string make = "ip link add vxlan.calico type vxlan id 4096 dev up0 dstport 4789";
    if (std::system((make + " nolearning 2>/dev/null").c_str()) != 0)
      GTEST_SKIP() << "this kernel has no vxlan";
    shell(
        "ip link add vxlan-v6.calico type vxlan id 4097 dev up0 dstport 4789 nolearning "
        "local 2001:db8::5");
    const std::string here = "bridge fdb append 66:11:22:33:44:";
    // Two entries for one node, one for all destinations, a group, and a bridge's own.
    shell(here + "55 dev vxlan.calico dst 192.0.2.60; " + here +
          "56 dev vxlan.calico dst 192.0.2.6");
    shell(here + "57 dev vxlan.calico dst 192.0.2.6; " + here +
          "58 dev vxlan.calico dst 239.1.1.1");
    shell("bridge fdb append 00:00:00:00:00:00 dev vxlan.calico dst 192.0.2.7");
    shell(here + "59 dev vxlan-v6.calico dst 2001:db8::6");
    shell("ip link add br0 type bridge; ip link set up1 master br0; " + here + "60 dev up1 master");
    const auto reading = read_now();
    ASSERT_TRUE(reading.has_value());
    EXPECT_EQ(reading->peers_failure, std::nullopt);
    EXPECT_THAT(find(*reading, "vxlan.calico")->peers,
                Optional(ElementsAre("192.0.2.6", "192.0.2.60", "192.0.2.7")));
    EXPECT_THAT(find(*reading, "vxlan-v6.calico")->peers, Optional(ElementsAre("2001:db8::6")));
    EXPECT_EQ(find(*reading, "up1")->peers, std::nullopt);
    EXPECT_EQ(in_short(reading->links), reading->links);
  });
}

/// What becomes of Calico's packets by IPv4.
PacketFate fate_of_vxlan() {
  const NetworkReading reading = read_own();
  const PacketPath path = reading.state.packet_path.value_or(PacketPath{});
  for (const PacketQuestion& question : path.questions)
    if (question.id == "calicoVxlan" && question.packet.family == IpFamily::ipv4)
      return evaluate(path, question);
  return {.decided_by = "not asked"};
}

TEST(ReadNetwork, AsksForVxlanFromTheNodesThatCalicoSendsTo) {
  in_fresh_network([] {
    shell("ip link add up0 type veth peer name up1; ip link set up0 up; ip link set up1 up");
    shell("ip addr add 192.0.2.5/24 dev up0; ip route add default via 192.0.2.1");
    if (std::system("ip link add vxlan.calico type vxlan id 4096 dev up0 dstport 4789 nolearning "
                    "2>/dev/null") != 0)
      GTEST_SKIP() << "this kernel has no vxlan";
    feed("iptables-nft-restore",
         "*filter\n-A INPUT -s 192.0.2.6/31 -p udp -m udp --dport 4789 -j ACCEPT\n"
         "-A INPUT -p udp -m udp --dport 4789 -j DROP\nCOMMIT\n");
    const auto send_to = [](const std::string& node) {
      shell("bridge fdb append 00:00:00:00:00:00 dev vxlan.calico dst " + node);
    };
    EXPECT_EQ(fate_of_vxlan().kind, PacketFate::Kind::undecidable);
    send_to("192.0.2.6");
    send_to("192.0.2.7");
    EXPECT_EQ(fate_of_vxlan().kind, PacketFate::Kind::accepted);
    EXPECT_EQ(read_own().state.links->back().peers,
              (std::vector<std::string>{"192.0.2.6", "192.0.2.7"}));
    send_to("192.0.2.8");
    EXPECT_EQ(fate_of_vxlan().kind, PacketFate::Kind::undecidable);
    shell("ip link del vxlan.calico");
    shell("ip link add vxlan.calico type vxlan id 4096 dev up0 dstport 4789 nolearning");
    send_to("192.0.2.8");
    EXPECT_EQ(fate_of_vxlan().kind, PacketFate::Kind::dropped);
  });
}

TEST(ReadLinks, KnowsNoPeersOfAVxlanThatSendsToNexthops) {
  in_fresh_network([] {
    shell("ip link add up0 type veth peer name up1; ip link set up0 up");
    shell("ip addr add 192.0.2.5/24 dev up0");
    if (std::system("ip link add vx0 type vxlan id 7 dev up0 dstport 4789 2>/dev/null") != 0)
      GTEST_SKIP() << "this kernel has no vxlan";
    if (std::system("(ip nexthop add id 9 via 192.0.2.9 fdb && ip nexthop add id 10 group 9 fdb && "
                    "bridge fdb add 66:11:22:33:44:99 dev vx0 nhid 10) 2>/dev/null") != 0)
      GTEST_SKIP() << "this kernel has no nexthops for vxlan";
    shell("bridge fdb append 66:11:22:33:44:55 dev vx0 dst 192.0.2.6");
    const auto reading = read_now();
    ASSERT_TRUE(reading.has_value());
    EXPECT_EQ(find(*reading, "vx0")->peers, std::nullopt);
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
  const auto peers =
      read_vxlan_peers(1, std::chrono::steady_clock::now() - std::chrono::seconds{1});
  ASSERT_FALSE(peers.has_value());
  EXPECT_EQ(peers.error().code, std::errc::timed_out);
}

}  // namespace
}  // namespace iptmode::kernel
