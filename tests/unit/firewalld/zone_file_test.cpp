// SPDX-License-Identifier: GPL-2.0-or-later
#include "firewalld/zone_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iptmode::firewalld {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// As `firewall-cmd --permanent` of firewalld 1.3.3 wrote it.
constexpr std::string_view kK0s = R"(<?xml version="1.0" encoding="utf-8"?>
<zone>
  <port port="80" protocol="tcp"/>
  <port port="6443" protocol="tcp"/>
  <port port="179" protocol="udp"/>
  <masquerade/>
  <source address="10.96.0.0/12"/>
  <source address="10.244.0.0/16"/>
  <source ipset="pods"/>
  <interface name="cali+"/>
  <protocol value="vrrp"/>
  <service name="ssh"/>
  <rule family="ipv4"><source address="192.0.2.0/24"/><service name="http"/><accept/></rule>
  <forward/>
</zone>
)";

TEST(ZoneFile, HasEverythingThatItSays) {
  const auto zone = parse_zone_file("k0s", kK0s);
  ASSERT_TRUE(zone.has_value()) << to_string(zone.error());
  EXPECT_EQ(zone->name, "k0s");
  EXPECT_EQ(zone->target, "default");
  EXPECT_TRUE(zone->forward);
  EXPECT_TRUE(zone->masquerade);
  EXPECT_THAT(zone->interfaces, ElementsAre("cali+"));
  EXPECT_THAT(zone->sources, ElementsAre("10.244.0.0/16", "10.96.0.0/12", "ipset:pods"));
  EXPECT_THAT(zone->services, ElementsAre("ssh"));
  EXPECT_THAT(zone->ports, ElementsAre("179/udp", "6443/tcp", "80/tcp"));
  EXPECT_THAT(zone->protocols, ElementsAre("vrrp"));
  EXPECT_EQ(zone->rich_rules, 1U);
  EXPECT_TRUE(zone->active());
}

TEST(ZoneFile, OfDebianIsNotActiveByItself) {
  const auto zone = parse_zone_file("trusted", R"(<zone target="ACCEPT">
  <short>Trusted</short><description>All &amp; everything.</description><forward/></zone>)");
  ASSERT_TRUE(zone.has_value());
  EXPECT_EQ(zone->target, "ACCEPT");
  EXPECT_FALSE(zone->masquerade);
  EXPECT_FALSE(zone->active());
}

TEST(ZoneFile, LeavesOutWhatFirewalldLeavesOut) {
  const auto zone = parse_zone_file("z", R"(<zone><unknown><source address="10.0.0.0/8"/></unknown>
    <source address="10.1.0.0/16" invert="yes"/><source/><interface/><port port="1"/>
    <source address="10.2.0.0/16"/><source address="10.2.0.0/16"/></zone>)");
  ASSERT_TRUE(zone.has_value());
  EXPECT_THAT(zone->sources, ElementsAre("10.2.0.0/16"));
  EXPECT_THAT(zone->interfaces, IsEmpty());
  EXPECT_THAT(zone->ports, IsEmpty());
}

TEST(ZoneFile, IsRefusedWhenBroken) {
  const std::string deep = std::string(20000, '<');
  std::string nested;
  for (int i = 0; i < 20000; ++i) nested += "<a>";
  const std::string large = "<zone>" + std::string(kMaxFile, ' ') + "</zone>";
  for (const std::string_view text : std::initializer_list<std::string_view>{
           "", "zone", "<zone>", "<zone></service>", "<service/>", R"(<zone target="YES"/>)", deep,
           nested, large, "<zone target=\"ACCEPT\"", std::string_view{"<zone>\0</zone>", 14}}) {
    SCOPED_TRACE(text.substr(0, 40));
    EXPECT_FALSE(parse_zone_file("z", text).has_value());
  }
}

TEST(ZoneFile, DoesNotExpandEntities) {
  const auto zone = parse_zone_file("z", R"(<!DOCTYPE zone [
  <!ENTITY a "10.0.0.0/8"><!ENTITY b SYSTEM "file:///etc/passwd">]>
<zone><source address="&a;"/><interface name="&b;"/></zone>)");
  ASSERT_TRUE(zone.has_value());
  EXPECT_THAT(zone->sources, ElementsAre("&a;"));
  EXPECT_THAT(zone->interfaces, ElementsAre("&b;"));
}

TEST(ServiceFile, HasPortsProtocolsAndIncludes) {
  const auto service = parse_service_file(R"(<service><short>x</short>
    <port protocol="tcp" port="6443"/><port protocol="udp" port="30000-32767"/>
    <port protocol="esp" port=""/><protocol value="gre"/><include service="kubelet" /></service>)");
  ASSERT_TRUE(service.has_value());
  EXPECT_THAT(service->ports, ElementsAre("6443/tcp", "30000-32767/udp"));
  EXPECT_THAT(service->protocols, ElementsAre("esp", "gre"));
  EXPECT_THAT(service->includes, ElementsAre("kubelet"));
  EXPECT_FALSE(parse_service_file("<zone/>").has_value());
}

TEST(PolicyFile, HasItsTargetAndZones) {
  const auto policy = parse_policy_file("pods", R"(<policy target="ACCEPT" priority="-1">
    <ingress-zone name="k0s"/><egress-zone name="public"/><egress-zone name="ANY"/>
    <masquerade/></policy>)");
  ASSERT_TRUE(policy.has_value());
  EXPECT_EQ(policy->target, "ACCEPT");
  EXPECT_TRUE(policy->masquerade);
  EXPECT_THAT(policy->ingress_zones, ElementsAre("k0s"));
  EXPECT_THAT(policy->egress_zones, ElementsAre("ANY", "public"));
  EXPECT_FALSE(parse_policy_file("p", R"(<policy target="%%REJECT%%"/>)").has_value());
}

TEST(SettingsFile, IsReadAsFirewalldReadsIt) {
  struct Case {
    std::string_view text;
    std::string_view backend;
    bool flush;
  };
  for (const auto& [text, backend, flush] : std::initializer_list<Case>{
           {"", "nftables", true},
           {"FirewallBackend=iptables\nFlushAllOnReload=no\n", "iptables", false},
           {"  FirewallBackend = IPTables  \r\n", "iptables", true},
           {"#FirewallBackend=iptables\n;FlushAllOnReload=no\n", "nftables", true},
           {"FirewallBackend=nftables\nFirewallBackend=iptables\n", "nftables", true},
           {"FirewallBackend=\nFirewallBackend=iptables", "iptables", true},
           {"FirewallBackend=ebtables\nFlushAllOnReload=perhaps", "nftables", true},
           {"FlushAllOnReload=False", "nftables", false},
           {"FlushAllOnReload=no=yes", "nftables", true},
       }) {
    SCOPED_TRACE(text);
    const FirewalldSettings settings = parse_settings_file(text);
    EXPECT_EQ(settings.backend, backend);
    EXPECT_EQ(settings.flush_all_on_reload, flush);
    EXPECT_EQ(settings.default_zone, "public");
    EXPECT_EQ(settings.nftables_table_owner, std::nullopt);
  }
  const FirewalldSettings settings = parse_settings_file("NftablesTableOwner=yes\nDefaultZone=k0s");
  EXPECT_EQ(settings.nftables_table_owner, true);
  EXPECT_EQ(settings.default_zone, "k0s");
}

}  // namespace
}  // namespace iptmode::firewalld
