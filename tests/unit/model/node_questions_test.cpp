// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/node_questions.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "iptmode/address.h"

namespace iptmode {
namespace {

const std::vector<NetworkLink> kLinks{
    {.name = "eth0", .addresses = {"192.0.2.1/24", "fe80::1/64", "2001:db8::1/64"}},
    {.name = "kube-bridge", .addresses = {"10.244.3.1/24"}}};

const PacketQuestion* find(const std::vector<PacketQuestion>& questions, std::string_view id,
                           IpFamily family = IpFamily::ipv4) {
  const auto found = std::find_if(questions.begin(), questions.end(), [&](const auto& question) {
    return question.id == id && question.packet.family == family;
  });
  return found == questions.end() ? nullptr : &*found;
}

TEST(NodeQuestions, AskAtTheUplinkOfEachFamily) {
  const Doors doors{
      .default_routes = {{.link = "eth0"}, {.family = IpFamily::ipv6, .link = "eth0"}}};
  const auto questions = node_questions(doors, kLinks, {});
  for (const IpFamily family : kAllIpFamilies) {
    const PacketQuestion* in = find(questions, "kubelet", family);
    ASSERT_NE(in, nullptr);
    EXPECT_EQ(in->packet.in_interfaces, std::vector<std::string>{"eth0"});
    EXPECT_EQ(address_text(in->packet.destination.at(0).low),
              family == IpFamily::ipv4 ? "192.0.2.1" : "2001:db8::1");
    const PacketQuestion* out = find(questions, "konnectivityOut", family);
    ASSERT_NE(out, nullptr);
    EXPECT_EQ(out->packet.out_interfaces, std::vector<std::string>{"eth0"});
  }
  const PacketQuestion* pod = find(questions, kPodToOutside);
  ASSERT_NE(pod, nullptr);
  EXPECT_EQ(address_text(pod->packet.source.at(0).low), "10.244.3.253");
  EXPECT_EQ(pod->packet.in_interfaces, std::vector<std::string>{"kube-bridge"});
  EXPECT_EQ(find(questions, kPodToOutside, IpFamily::ipv6), nullptr);
}

std::string text_of(const std::vector<Interval>& list) {
  std::string text;
  for (const Interval& part : list)
    text += address_text(part.low) + "-" + address_text(part.high) + " ";
  return text;
}

TEST(NodeQuestions, LeaveOutAddressesThatNoPacketOfTheUplinkHas) {
  const Doors doors{
      .default_routes = {{.link = "eth0"}, {.family = IpFamily::ipv6, .link = "eth0"}}};
  const NodeNetworks networks{.pods = {{.cidr = "10.244.0.0/16"}, {.cidr = "fd00:10::/56"}},
                              .services = {{.cidr = "10.96.0.0/12"}}};
  const auto questions = node_questions(doors, kLinks, networks);
  // Pods of other nodes may well ask; those of this node do not come in by the uplink.
  EXPECT_EQ(text_of(find(questions, "kubelet")->packet.source),
            "1.0.0.0-10.244.2.255 10.244.4.0-126.255.255.255 128.0.0.0-223.255.255.255 ");
  EXPECT_EQ(text_of(find(questions, "kubeApiserverOut")->packet.destination),
            "1.0.0.0-10.95.255.255 10.112.0.0-10.243.255.255 10.245.0.0-126.255.255.255 "
            "128.0.0.0-223.255.255.255 ");
  EXPECT_EQ(text_of(find(questions, "kubeApiserverOut", IpFamily::ipv6)->packet.destination),
            "2000::-3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff fc00::-fd00:f:ffff:ffff:ffff:ffff:ffff:"
            "ffff fd00:10:0:100::-fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ");
}

const Doors kBothFamilies{
    .default_routes = {{.link = "eth0"}, {.family = IpFamily::ipv6, .link = "eth0"}}};

/// kLinks and Calico's interfaces of both families, which send to these.
std::vector<NetworkLink> calico_links(std::vector<std::string> peers,
                                      std::vector<std::string> peers6) {
  std::vector<NetworkLink> links = kLinks;
  links.push_back({.name = "vxlan-v6.calico", .kind = "vxlan", .port = 4789, .peers = peers6});
  links.push_back({.name = "vxlan.calico", .kind = "vxlan", .port = 4789, .peers = peers});
  return links;
}

TEST(NodeQuestions, AskForVxlanFromTheNodesThatCalicoKnows) {
  const auto links = calico_links({"192.0.2.10", "192.0.2.255", "192.0.2.9", "192.0.3.0"},
                                  {"2001:db8::9", "2001:db8::ffff", "2001:db8::1:0"});
  const auto questions = node_questions(kBothFamilies, links, {});
  EXPECT_EQ(text_of(find(questions, "calicoVxlan")->packet.source),
            "192.0.2.9-192.0.2.10 192.0.2.255-192.0.3.0 ");
  EXPECT_EQ(text_of(find(questions, "calicoVxlan", IpFamily::ipv6)->packet.source),
            "2001:db8::9-2001:db8::9 2001:db8::ffff-2001:db8::1:0 ");
  const auto without = node_questions(kBothFamilies, kLinks, {});
  EXPECT_EQ(find(questions, "kubelet")->packet, find(without, "kubelet")->packet);
  EXPECT_EQ(find(questions, "kubeRouterBgp")->packet, find(without, "kubeRouterBgp")->packet);
}

TEST(NodeQuestions, AskForNoControllerInTheNetworksThatK0sChooses) {
  const auto reaches = [](const std::vector<PacketQuestion>& questions, std::string_view address) {
    const std::string bytes = parse_address(address).value();
    const auto& all = find(questions, "kubeApiserverOut")->packet.destination;
    return std::any_of(all.begin(), all.end(), [&](const Interval& interval) {
      return interval.low <= bytes && bytes <= interval.high;
    });
  };
  const auto by_default = node_questions(kBothFamilies, kLinks, {});
  EXPECT_FALSE(reaches(by_default, "10.97.24.162"));
  EXPECT_FALSE(reaches(by_default, "10.244.9.9"));
  EXPECT_TRUE(reaches(by_default, "10.1.2.3"));
  const auto named =
      node_questions(kBothFamilies, kLinks,
                     {.pods = {{"10.1.0.0/16", "k0s"}}, .services = {{"10.2.0.0/16", "k0s"}}});
  EXPECT_TRUE(reaches(named, "10.97.24.162"));
  EXPECT_FALSE(reaches(named, "10.2.0.10"));
}

TEST(NodeQuestions, AskForVxlanFromAnywhereWhereNoNodeOfTheFamilyIsKnown) {
  const auto without = node_questions(kBothFamilies, kLinks, {});
  const PacketQuestion& from_any = *find(without, "calicoVxlan");
  EXPECT_EQ(from_any.packet.source, find(without, "kubelet")->packet.source);
  for (const auto& peers : std::vector<std::vector<std::string>>{
           {}, {"2001:db8::9"}, {"no address"}, {"127.0.0.1", "224.0.0.1", "10.244.3.7"}}) {
    const auto questions = node_questions(kBothFamilies, calico_links(peers, {}), {});
    EXPECT_EQ(*find(questions, "calicoVxlan"), from_any);
  }
}

TEST(NodeQuestions, LeaveOutTheNodesOfOtherVxlans) {
  const auto without = node_questions(kBothFamilies, kLinks, {});
  const NetworkLink calico{
      .name = "vxlan.calico", .kind = "vxlan", .port = 4789, .peers = {{"192.0.2.9"}}};
  NetworkLink other_port = calico;
  other_port.port = 8472;
  NetworkLink other_overlay = calico;
  other_overlay.name = "flannel.1";
  NetworkLink other_kind = calico;
  other_kind.kind = "geneve";
  for (const NetworkLink& link : {other_port, other_overlay, other_kind}) {
    std::vector<NetworkLink> links = kLinks;
    links.push_back(link);
    EXPECT_EQ(*find(node_questions(kBothFamilies, links, {}), "calicoVxlan"),
              *find(without, "calicoVxlan"));
  }
}

TEST(NodeQuestions, AskForPodsByTheNetworksThatTheClusterNames) {
  const Doors doors{
      .default_routes = {{.link = "eth0"}, {.family = IpFamily::ipv6, .link = "eth0"}}};
  const NodeNetworks networks{
      .pods = {{.cidr = "10.244.0.0/16"}, {.cidr = "10.244.3.0/24"}, {.cidr = "fd00:10::/56"}},
      .cni = {{.bridges = {"br-pods"}}}};
  std::vector<NetworkLink> links = kLinks;
  links.back().name = "br-pods";
  const auto questions = node_questions(doors, links, networks);
  const PacketQuestion* pod = find(questions, kPodToPod);
  ASSERT_NE(pod, nullptr);
  EXPECT_EQ(pod->packet.in_interfaces, std::vector<std::string>{"br-pods"});
  EXPECT_EQ(address_text(pod->packet.source.at(0).low), "10.244.3.253");
  EXPECT_EQ(address_text(pod->packet.destination.at(0).low), "10.244.255.254");
  const PacketQuestion* pod6 = find(questions, kPodToPod, IpFamily::ipv6);
  ASSERT_NE(pod6, nullptr);
  EXPECT_EQ(address_text(pod6->packet.source.at(0).low), "fd00:10:0:ff:ffff:ffff:ffff:fffd");
  EXPECT_EQ(pod6->packet.out_interfaces, std::vector<std::string>{"eth0"});
}

TEST(NodeQuestions, TakeAPodOfAnotherNodeWhereThisOneHasTheLastAddresses) {
  const Doors doors{.default_routes = {{.link = "eth0"}}};
  std::vector<NetworkLink> links = kLinks;
  links.back().addresses = {"10.1.255.1/24"};
  const auto questions = node_questions(doors, links, {.pods = {{.cidr = "10.1.0.0/16"}}});
  EXPECT_EQ(address_text(find(questions, kPodToPod)->packet.destination.at(0).low), "10.1.0.2");
}

TEST(NodeQuestions, KnowTheFamiliesOfTheCluster) {
  EXPECT_TRUE(cluster_uses(IpFamily::ipv4, {}));
  EXPECT_FALSE(cluster_uses(IpFamily::ipv6, {}));
  const NodeNetworks six{.services = {{.cidr = "fd00::/108"}}};
  EXPECT_TRUE(cluster_uses(IpFamily::ipv6, six));
  EXPECT_FALSE(cluster_uses(IpFamily::ipv4, six));
}

TEST(NodeQuestions, AskNothingWithoutADefaultRouteOrAnAddress) {
  EXPECT_TRUE(node_questions({}, kLinks, {}).empty());
  EXPECT_TRUE(node_questions({.default_routes = {{.link = "eth1"}}}, kLinks, {}).empty());
}

TEST(Doors, KnowTheUplinkAndWhoListens) {
  const Doors doors{
      .default_routes = {{.metric = 50, .link = "eth1"}, {.metric = 100, .link = "eth0"}},
      .listeners = {{.protocol = 6, .port = 6443, .address = "::"},
                    {.protocol = 6, .port = 10249, .address = "127.0.0.1"},
                    {.protocol = 6, .port = 10248, .address = "::1"}}};
  EXPECT_EQ(doors.uplink(IpFamily::ipv4), "eth1");
  EXPECT_EQ(doors.uplink(IpFamily::ipv6), "");
  EXPECT_TRUE(doors.listens(6, 6443));
  EXPECT_FALSE(doors.listens(17, 6443));
  EXPECT_FALSE(doors.listens(6, 10249));
  EXPECT_FALSE(doors.listens(6, 10248));
}

}  // namespace
}  // namespace iptmode
