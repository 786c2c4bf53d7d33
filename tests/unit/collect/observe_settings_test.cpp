// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "observed_node.h"

namespace iptmode::collect {
namespace {

using namespace std::string_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class NodesSettings : public ObservedNode {};

TEST_F(NodesSettings, AnEnvironmentThatMayNotBeReadIsAGap) {
  processes.failures[{1311, "environ"}] = EACCES;
  const Snapshot snapshot = look();
  EXPECT_THAT(snapshot.gaps, Contains(gap("kube-proxy (pid 1311)", Fact::installations)));
  EXPECT_THAT(snapshot.gaps, Contains(gap("kube-proxy (pid 1311)", Fact::declared)));
  EXPECT_EQ(component(snapshot, 1311).declared.mode, "unknown");
}

TEST_F(NodesSettings, ABrokenProxyConfigurationIsAGap) {
  host.reports["kube-proxy (pid 1311)"].text_files["/var/lib/kube-proxy/config.conf"] =
      "mode: [\n"s;
  const Snapshot snapshot = look();
  EXPECT_THAT(snapshot.gaps, Contains(gap("kube-proxy (pid 1311)", Fact::declared)));
  EXPECT_EQ(component(snapshot, 1311).declared.mode, "unknown");
}

TEST_F(NodesSettings, ProxyFlagsNeedNoFile) {
  processes.processes[1311].arguments = {"kube-proxy", "--proxy-mode=nftables"};
  const Snapshot snapshot = look();
  EXPECT_EQ(component(snapshot, 1311).declared.mode, "nftables");
  EXPECT_TRUE(component(snapshot, 1311).declared.native_nft);
  EXPECT_EQ(host.mode_requests, 0U);
}

TEST_F(NodesSettings, AProxyThatCleansUpIsInNoMode) {
  processes.processes[1311].arguments = {"kube-proxy", "--proxy-mode=iptables", "--cleanup"};
  EXPECT_EQ(component(look(), 1311).declared.mode, "cleanup");
  processes.processes[1311].arguments = {"kube-proxy", "--proxy-mode=ipvs", "--cleanup=false"};
  EXPECT_EQ(component(look(), 1311).declared.mode, "ipvs");
}

TEST_F(NodesSettings, AProxyWithoutSettingsIsAskedAndElseHasItsDefault) {
  processes.processes[1311].arguments = {"kube-proxy"};
  host.mode = "ipvs"s;
  EXPECT_EQ(component(look(), 1311).declared.mode, "ipvs");
  host.mode = sys_error(ECONNREFUSED, "connect", "127.0.0.1:10249");
  const Snapshot snapshot = look();
  EXPECT_EQ(component(snapshot, 1311).declared.mode, "iptables");
  EXPECT_THAT(snapshot.gaps, IsEmpty());
}

TEST_F(NodesSettings, FelixTellsItsBackendInItsEnvironment) {
  processes.processes[1500] = {
      .comm = "calico-node",
      .executable = "/usr/bin/calico-node",
      .arguments = {"calico-node", "-felix"},
      .place = {kNodeNet, 220, kNodeUser},
      .environment = "PATH=/sbin FELIX_IPTABLESBACKEND=legacy FELIX_NFTABLESMODE=Auto SECRET=x"};
  host.readings.push_back(
      {.state = {.network_namespace = kNodeNet,
                 .nft = std::vector{NftTable{.family = "ip", .name = "kube-proxy", .chains = 4}}}});
  const Component felix = component(look(), 1500);
  EXPECT_EQ(felix.declared.mode, "legacy");
  EXPECT_EQ(felix.declared.backend, Backend::legacy);
  EXPECT_TRUE(felix.declared.native_nft);
  EXPECT_THAT(felix.declared.settings, SizeIs(2));
}

TEST_F(NodesSettings, FirewalldsBackendComesFromItsFile) {
  processes.processes[700] = {.comm = "firewalld",
                              .executable = "/usr/bin/python3.11",
                              .arguments = {"/usr/bin/python3", "/usr/sbin/firewalld"}};
  host.bus = firewalld::FirewalldReading{.state = {.bus_owner = ":1.7"}};
  const std::string label = "firewalld (pid 700)";
  const std::string file = "/etc/firewalld/firewalld.conf";
  host.reports[label].text_files[file] = "FirewallBackend=iptables\n"s;
  Snapshot snapshot = look();
  EXPECT_EQ(component(snapshot, 700).declared.mode, "iptables");
  EXPECT_TRUE(component(snapshot, 700).installation.has_value());

  host.reports[label].text_files[file] = sys_error(ENOENT, "openat", file);
  snapshot = look();
  EXPECT_EQ(component(snapshot, 700).declared.mode, "nftables");
  EXPECT_FALSE(component(snapshot, 700).installation.has_value());
  EXPECT_THAT(snapshot.gaps, IsEmpty());

  host.reports[label].text_files[file] = sys_error(EACCES, "openat", file);
  snapshot = look();
  EXPECT_EQ(component(snapshot, 700).declared.mode, "unknown");
  EXPECT_THAT(snapshot.gaps, Contains(gap(label, Fact::declared)));
}

TEST_F(NodesSettings, ARunningFirewalldGoesBeforeItsFiles) {
  host.files["/etc/firewalld/firewalld.conf"] = "FirewallBackend=iptables\n"s;
  host.files["/etc/firewalld/zones/broken.xml"] = "<zone"s;
  host.bus = firewalld::FirewalldReading{
      .state = {.running = true,
                .pid = 700,
                .bus_owner = ":1.7",
                .version = "1.3.3",
                .daemon = {.backend = "nftables"},
                .source = FirewalldSource::daemon,
                .zones = {{.name = "k0s", .sources = {"10.244.0.0/16"}}}}};
  const Snapshot snapshot = look();
  ASSERT_TRUE(snapshot.firewalld.has_value());
  EXPECT_TRUE(snapshot.firewalld->running);
  EXPECT_EQ(snapshot.firewalld->pid, 700);
  EXPECT_EQ(snapshot.firewalld->version, "1.3.3");
  EXPECT_EQ(snapshot.firewalld->file.backend, "iptables");
  EXPECT_EQ(snapshot.firewalld->daemon.backend, "nftables");
  EXPECT_EQ(snapshot.firewalld->source, FirewalldSource::daemon);
  EXPECT_THAT(snapshot.firewalld->zones, SizeIs(1));
  EXPECT_THAT(snapshot.gaps, IsEmpty());
}

TEST_F(NodesSettings, AFirewalldThatKeepsSilentIsAGapAndItsFilesAreTold) {
  processes.processes[700] = {.comm = "firewalld",
                              .executable = "/usr/bin/python3.11",
                              .arguments = {"/usr/bin/python3", "/usr/sbin/firewalld"}};
  host.files["/etc/firewalld/firewalld.conf"] = "FirewallBackend=iptables\n"s;
  host.bus = sys_error(ETIMEDOUT, "Hello", "org.freedesktop.DBus");
  const Snapshot snapshot = look();
  ASSERT_TRUE(snapshot.firewalld.has_value());
  EXPECT_TRUE(snapshot.firewalld->running);
  EXPECT_EQ(snapshot.firewalld->source, FirewalldSource::files);
  EXPECT_THAT(snapshot.gaps, Contains(gap("firewalld over D-Bus", Fact::firewalld)));
}

TEST_F(NodesSettings, AFirewalldThatDoesNotRunIsNoGap) {
  host.files["/etc/firewalld/firewalld.conf"] = "DefaultZone=public\n"s;
  host.bus = firewalld::FirewalldReading{};
  const Snapshot snapshot = look();
  ASSERT_TRUE(snapshot.firewalld.has_value());
  EXPECT_FALSE(snapshot.firewalld->running);
  EXPECT_THAT(snapshot.gaps, IsEmpty());
}

TEST_F(NodesSettings, NobodyIsAskedWhereFirewalldIsNotInstalled) {
  const Snapshot snapshot = look();
  EXPECT_FALSE(snapshot.firewalld.has_value());
  EXPECT_EQ(host.bus_requests, 0U);
}

TEST_F(NodesSettings, ItsNetworksComeFromWhoeverNamesThem) {
  host.reports["kube-proxy (pid 1311)"].text_files["/var/lib/kube-proxy/config.conf"] =
      "mode: iptables\nclusterCIDR: 10.1.0.0/16\n"s;
  host.files["/etc/k0s/k0s.yaml"] =
      "spec: {network: {podCIDR: 10.1.0.0/16, serviceCIDR: 10.2.0.0/16}}\n"s;
  host.files["/etc/cni/net.d/10-kuberouter.conflist"] =
      R"({"plugins":[{"type":"bridge","bridge":"kube-bridge","ipam":{"subnet":"10.1.3.0/24"}}]})"s;
  host.files["/etc/cni/net.d/broken.conf"] = "{"s;
  host.files["/etc/cni/net.d/README"] = "no network"s;
  const Snapshot snapshot = look();
  EXPECT_THAT(snapshot.node_networks.pods,
              ElementsAre(NamedNetwork{"10.1.0.0/16", "/etc/k0s/k0s.yaml"},
                          NamedNetwork{"10.1.0.0/16", "kube-proxy clusterCIDR"},
                          NamedNetwork{"10.1.3.0/24", "/etc/cni/net.d/10-kuberouter.conflist"}));
  EXPECT_THAT(snapshot.node_networks.services,
              ElementsAre(NamedNetwork{"10.2.0.0/16", "/etc/k0s/k0s.yaml"}));
  EXPECT_THAT(snapshot.node_networks.cni, SizeIs(1));
  // The firewall is read meanwhile, for packets of the networks that are known by then.
  ASSERT_THAT(host.networks_asked_for, SizeIs(1));
  EXPECT_THAT(host.networks_asked_for.front().pods,
              ElementsAre(NamedNetwork{"10.1.0.0/16", "/etc/k0s/k0s.yaml"},
                          NamedNetwork{"10.1.3.0/24", "/etc/cni/net.d/10-kuberouter.conflist"}));
  EXPECT_THAT(snapshot.gaps, ElementsAre(gap("/etc/cni/net.d/broken.conf", std::nullopt)));
}

}  // namespace
}  // namespace iptmode::collect
