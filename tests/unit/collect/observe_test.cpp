// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/observe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collect/place_plan.h"
#include "fake_node.h"

namespace iptmode::collect {
namespace {

using namespace std::string_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr NamespaceId kProxyMount = 210;

/// A worker with k0s, kubelet and kube-proxy.
class Node : public ::testing::Test {
 protected:
  Node() {
    processes.processes[812] = {.comm = "k0s",
                                .executable = "/usr/local/bin/k0s",
                                .arguments = {"/usr/local/bin/k0s", "worker"}};
    processes.processes[900] = {.comm = "kubelet",
                                .executable = "/var/lib/k0s/bin/kubelet",
                                .arguments = {"/var/lib/k0s/bin/kubelet"},
                                .environment = "PATH=/var/lib/k0s/bin:/usr/bin"};
    processes.processes[1311] = {
        .comm = "kube-proxy",
        .executable = "/usr/local/bin/kube-proxy",
        .arguments = {"/usr/local/bin/kube-proxy", "--config=/var/lib/kube-proxy/config.conf"},
        .place = {kNodeNet, kProxyMount, kNodeUser}};
    host.directories["/var/lib/k0s/bin"] = 0750;
    host.reports["kube-proxy (pid 1311)"].text_files["/var/lib/kube-proxy/config.conf"] =
        "mode: ipvs\n"s;
    host.reports["host"].text_files["/etc/os-release"] = "ID=debian\nVERSION_ID=\"12\"\n"s;
  }

  Snapshot look() {
    const Sources sources{.processes = processes,
                          .places = host,
                          .networks = host,
                          .answers = host,
                          .host = host,
                          .own_pid = 1,
                          .hostname = hostname,
                          .kernel = "6.12.0"};
    return observe(sources, options);
  }

  static const Component& component(const Snapshot& snapshot, pid_t pid) {
    for (const Component& candidate : snapshot.components)
      if (candidate.pid == pid) return candidate;
    static const Component kNone;
    ADD_FAILURE() << "no component with pid " << pid;
    return kNone;
  }

  const FakeHost::Started* started(const std::string& label) const {
    for (const FakeHost::Started& look : host.started)
      if (look.place.label == label) return &look;
    return nullptr;
  }

  FakeProcesses processes;
  FakeHost host;
  CollectOptions options;
  std::string hostname = "worker-3";
};

auto gap(const std::string& subject, std::optional<Fact> hides) {
  return ::testing::AllOf(Field(&Gap::subject, subject), Field(&Gap::hides, hides));
}

TEST_F(Node, IsSeenWhole) {
  const Snapshot snapshot = look();
  EXPECT_THAT(snapshot.gaps, IsEmpty());
  EXPECT_EQ(snapshot.node.hostname, "worker-3");
  EXPECT_EQ(snapshot.node.kernel, "6.12.0");
  EXPECT_EQ(snapshot.node.os_id, "debian");
  EXPECT_EQ(snapshot.node.os_version, "12");
  EXPECT_EQ(snapshot.node.role, NodeRole::worker);
  EXPECT_EQ(snapshot.node.distribution, Distribution::k0s);
  EXPECT_EQ(snapshot.node.network_namespace, kNodeNet);
  EXPECT_TRUE(snapshot.host.has_value());
  EXPECT_THAT(snapshot.components, SizeIs(3));
  EXPECT_THAT(snapshot.networks, SizeIs(1));
  ASSERT_TRUE(snapshot.k0s.has_value());
  EXPECT_EQ(snapshot.k0s->found_by, "kubelet");
  EXPECT_EQ(snapshot.k0s->data_dir, "/var/lib/k0s");
  EXPECT_EQ(snapshot.k0s->bin_mode, 0750U);
  EXPECT_TRUE(snapshot.k0s->running);
  EXPECT_EQ(component(snapshot, 1311).declared.mode, "ipvs");
  EXPECT_TRUE(component(snapshot, 1311).installation.has_value());
  EXPECT_TRUE(component(snapshot, 900).installation.has_value());
  EXPECT_FALSE(component(snapshot, 812).installation.has_value());
  EXPECT_GT(host.polls, 0U) << "children are attended to while the kernel is read";
}

TEST_F(Node, EachPlaceIsEnteredWithItsOwnPath) {
  (void)look();
  ASSERT_NE(started("host"), nullptr);
  EXPECT_EQ(started("host")->place.pid, 1);
  ASSERT_NE(started("kubelet (pid 900)"), nullptr);
  EXPECT_THAT(started("kubelet (pid 900)")->request.search_path,
              ElementsAre("/var/lib/k0s/bin", "/usr/bin", "/usr/sbin", "/sbin", "/bin"));
  ASSERT_NE(started("k0s' bin directory"), nullptr);
  EXPECT_THAT(started("k0s' bin directory")->request.search_path, ElementsAre("/var/lib/k0s/bin"));
  ASSERT_NE(started("kube-proxy (pid 1311)"), nullptr);
  EXPECT_EQ(started("kube-proxy (pid 1311)")->place.mount, kProxyMount);
  EXPECT_THAT(started("kube-proxy (pid 1311)")->request.text_files,
              ElementsAre("/var/lib/kube-proxy/config.conf"));
  EXPECT_THAT(host.started, SizeIs(4));
}

TEST_F(Node, AHostRootReplacesPidOne) {
  options.host_root = "/host";
  options.run_programs = false;
  (void)look();
  EXPECT_EQ(started("host")->place.pid, 0);
  EXPECT_EQ(started("k0s' bin directory")->place.pid, 0);
  EXPECT_FALSE(started("host")->request.run);
}

TEST_F(Node, ComponentsInOnePlaceShareALook) {
  processes.processes[1402] = {.comm = "kube-router",
                               .executable = "/usr/local/bin/kube-router",
                               .arguments = {"kube-router"},
                               .place = {kNodeNet, kProxyMount, kNodeUser}};
  const Snapshot snapshot = look();
  EXPECT_EQ(started("kube-router (pid 1402)"), nullptr);
  EXPECT_TRUE(component(snapshot, 1402).installation.has_value());
}

TEST_F(Node, ThePlaceThatCannotBeEnteredIsAGap) {
  host.look_failures["kube-proxy (pid 1311)"] = EPERM;
  host.start_failures["host"] = EACCES;
  host.mode = "nftables"s;
  const Snapshot snapshot = look();
  EXPECT_THAT(snapshot.gaps, Contains(gap("kube-proxy (pid 1311)", Fact::installations)));
  EXPECT_THAT(snapshot.gaps, Contains(gap("host", Fact::host_iptables)));
  EXPECT_FALSE(component(snapshot, 1311).installation.has_value());
  EXPECT_FALSE(snapshot.host.has_value());
  EXPECT_EQ(component(snapshot, 1311).declared.mode, "nftables") << "its own answer stands in";
  EXPECT_THAT(snapshot.gaps, Not(Contains(gap("kube-proxy (pid 1311)", Fact::declared))));
}

TEST_F(Node, WhatAChildCouldNotSeeIsAGap) {
  host.reports["kube-proxy (pid 1311)"].problems = {"/usr/sbin/iptables: too large"};
  const Snapshot snapshot = look();
  EXPECT_THAT(snapshot.gaps, Contains(gap("kube-proxy (pid 1311)", Fact::installations)));
  EXPECT_TRUE(component(snapshot, 1311).installation.has_value());
}

TEST_F(Node, AnEnvironmentThatMayNotBeReadIsAGap) {
  processes.failures[{1311, "environ"}] = EACCES;
  const Snapshot snapshot = look();
  EXPECT_THAT(snapshot.gaps, Contains(gap("kube-proxy (pid 1311)", Fact::installations)));
  EXPECT_THAT(snapshot.gaps, Contains(gap("kube-proxy (pid 1311)", Fact::declared)));
  EXPECT_EQ(component(snapshot, 1311).declared.mode, "unknown");
}

TEST_F(Node, ABrokenProxyConfigurationIsAGap) {
  host.reports["kube-proxy (pid 1311)"].text_files["/var/lib/kube-proxy/config.conf"] =
      "mode: [\n"s;
  const Snapshot snapshot = look();
  EXPECT_THAT(snapshot.gaps, Contains(gap("kube-proxy (pid 1311)", Fact::declared)));
  EXPECT_EQ(component(snapshot, 1311).declared.mode, "unknown");
}

TEST_F(Node, ProxyFlagsNeedNoFile) {
  processes.processes[1311].arguments = {"kube-proxy", "--proxy-mode=nftables"};
  const Snapshot snapshot = look();
  EXPECT_EQ(component(snapshot, 1311).declared.mode, "nftables");
  EXPECT_TRUE(component(snapshot, 1311).declared.native_nft);
  EXPECT_EQ(host.mode_requests, 0U);
}

TEST_F(Node, AProxyWithoutSettingsIsAskedAndElseHasItsDefault) {
  processes.processes[1311].arguments = {"kube-proxy"};
  host.mode = "ipvs"s;
  EXPECT_EQ(component(look(), 1311).declared.mode, "ipvs");
  host.mode = sys_error(ECONNREFUSED, "connect", "127.0.0.1:10249");
  const Snapshot snapshot = look();
  EXPECT_EQ(component(snapshot, 1311).declared.mode, "iptables");
  EXPECT_THAT(snapshot.gaps, IsEmpty());
}

TEST_F(Node, ImpostorsAreListedAndNeverEntered) {
  processes.processes[5000] = {.comm = "kube-proxy",
                               .executable = "/kube-proxy",
                               .arguments = {"kube-proxy", "--config=/etc/shadow"},
                               .place = {999, 998, kNodeUser}};
  const Snapshot snapshot = look();
  EXPECT_EQ(component(snapshot, 5000).impostor, ImpostorReason::other_network);
  EXPECT_FALSE(component(snapshot, 5000).installation.has_value());
  EXPECT_EQ(started("kube-proxy (pid 5000)"), nullptr);
  EXPECT_EQ(processes.asked.count("environ"), 2U);
  EXPECT_EQ(host.mode_requests, 0U);
}

TEST_F(Node, FelixTellsItsBackendInItsEnvironment) {
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

TEST_F(Node, FirewalldsBackendComesFromItsFile) {
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

TEST_F(Node, ARunningFirewalldGoesBeforeItsFiles) {
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

TEST_F(Node, AFirewalldThatKeepsSilentIsAGapAndItsFilesAreTold) {
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

TEST_F(Node, AFirewalldThatDoesNotRunIsNoGap) {
  host.files["/etc/firewalld/firewalld.conf"] = "DefaultZone=public\n"s;
  host.bus = firewalld::FirewalldReading{};
  const Snapshot snapshot = look();
  ASSERT_TRUE(snapshot.firewalld.has_value());
  EXPECT_FALSE(snapshot.firewalld->running);
  EXPECT_THAT(snapshot.gaps, IsEmpty());
}

TEST_F(Node, NobodyIsAskedWhereFirewalldIsNotInstalled) {
  const Snapshot snapshot = look();
  EXPECT_FALSE(snapshot.firewalld.has_value());
  EXPECT_EQ(host.bus_requests, 0U);
}

TEST_F(Node, ItsNetworksComeFromWhoeverNamesThem) {
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
  EXPECT_THAT(snapshot.gaps, ElementsAre(gap("/etc/cni/net.d/broken.conf", std::nullopt)));
}

TEST_F(Node, TheStatusSocketKnowsBest) {
  host.status = R"({"Version":"v1.32.4+k0s.0","Role":"controller","Workloads":true,
    "K0sVars":{"BinDir":"/srv/k0s/bin","DataDir":"/srv/k0s"}})"s;
  host.directories["/srv/k0s/bin"] = 0755;
  const Snapshot snapshot = look();
  EXPECT_EQ(snapshot.k0s->found_by, "status socket");
  EXPECT_EQ(snapshot.k0s->bin_dir, "/srv/k0s/bin");
  EXPECT_EQ(snapshot.k0s->version, "v1.32.4+k0s.0");
  EXPECT_EQ(snapshot.node.role, NodeRole::controller_worker);
}

TEST_F(Node, AMovedStatusSocketIsFollowed) {
  processes.processes[812].arguments.emplace_back("--status-socket=/run/other.sock");
  (void)look();
  EXPECT_EQ(host.status_socket, "/run/other.sock");
  options.status_socket = "/run/mine.sock";
  (void)look();
  EXPECT_EQ(host.status_socket, "/run/mine.sock");
}

TEST_F(Node, AStatusSocketWithoutAnAnswerHidesK0s) {
  for (const Result<std::string>& answer :
       {Result<std::string>{sys_error(ETIMEDOUT, "read", "/run/k0s/status.sock")},
        Result<std::string>{sys_error(EACCES, "connect", "/run/k0s/status.sock")},
        Result<std::string>{sys_error(ECONNREFUSED, "connect", "/run/k0s/status.sock")},
        Result<std::string>{"garbage"s}}) {
    host.status = answer;
    const Snapshot snapshot = look();
    EXPECT_THAT(snapshot.gaps, ElementsAre(gap("k0s status socket", Fact::k0s)));
    EXPECT_EQ(snapshot.k0s->found_by, "kubelet") << "what the others say is still reported";
  }
  options.data_dir = "/var/lib/k0s";
  EXPECT_THAT(look().gaps, ElementsAre(gap("k0s status socket", std::nullopt)));
}

TEST_F(Node, AStoppedK0sIsReportedAsFound) {
  processes.processes.erase(812);
  processes.processes.erase(900);
  processes.processes.erase(1311);
  host.status = sys_error(ECONNREFUSED, "connect", "/run/k0s/status.sock");
  const Snapshot snapshot = look();
  ASSERT_TRUE(snapshot.k0s.has_value());
  EXPECT_FALSE(snapshot.k0s->running);
  EXPECT_EQ(snapshot.node.distribution, Distribution::k0s);
  EXPECT_EQ(snapshot.node.role, NodeRole::none);
  EXPECT_THAT(snapshot.gaps, IsEmpty());
}

TEST_F(Node, AMissingBinDirectoryOfARunningK0sIsAGap) {
  host.directories.clear();
  const Snapshot snapshot = look();
  ASSERT_TRUE(snapshot.k0s.has_value());
  EXPECT_THAT(snapshot.gaps, Contains(gap("/var/lib/k0s/bin", Fact::k0s)));
  EXPECT_EQ(started("k0s' bin directory"), nullptr);
}

TEST_F(Node, AK0sInAContainerIsLookedAtThere) {
  processes.processes[812].place.mount = 230;
  processes.processes[900].place.mount = 230;
  host.directories.clear();
  const Snapshot snapshot = look();
  ASSERT_NE(started("k0s' bin directory"), nullptr);
  EXPECT_EQ(started("k0s' bin directory")->place.pid, 812);
  EXPECT_EQ(started("k0s' bin directory")->place.mount, 230U);
  EXPECT_THAT(snapshot.gaps, IsEmpty());
}

TEST_F(Node, AMachineWithNothingIsNoError) {
  processes.processes = {{1, {.comm = "init"}}};
  host.directories.clear();
  const Snapshot snapshot = look();
  EXPECT_THAT(snapshot.components, IsEmpty());
  EXPECT_FALSE(snapshot.k0s.has_value());
  EXPECT_EQ(snapshot.node.distribution, Distribution::none);
  EXPECT_TRUE(snapshot.host.has_value());
  EXPECT_THAT(snapshot.gaps, IsEmpty());
}

TEST_F(Node, AContainersOwnProcessTableIsAGapUnlessItIsANode) {
  processes.pid_namespace = 4026532000;
  EXPECT_THAT(look().gaps, IsEmpty());
  processes.processes = {{1, {.comm = "init"}}};
  EXPECT_THAT(look().gaps, ElementsAre(gap("process table", std::nullopt)));
}

TEST_F(Node, TwoNodesAreTwoNetworks) {
  processes.processes[3000] = {.comm = "kubelet",
                               .executable = "/usr/bin/kubelet",
                               .arguments = {"kubelet"},
                               .place = {500, 600, kNodeUser}};
  host.network_failures[500] = EPERM;
  const Snapshot snapshot = look();
  EXPECT_THAT(host.networks_read, ElementsAre(Domain{kNodeNet, 1}, Domain{500, 3000}));
  ASSERT_THAT(snapshot.networks, SizeIs(2));
  EXPECT_EQ(snapshot.networks[0].network_namespace, kNodeNet);
  EXPECT_EQ(snapshot.networks[1].network_namespace, 500U);
  EXPECT_FALSE(snapshot.networks[1].nft.has_value());
  EXPECT_THAT(snapshot.gaps,
              ElementsAre(gap("net:[500]", Fact::legacy_rules), gap("net:[500]", Fact::nft_rules)));
}

TEST_F(Node, ATimeThatIsOverIsAGapForTheKernel) {
  options.timeout = std::chrono::milliseconds{0};
  const Snapshot snapshot = look();
  EXPECT_THAT(snapshot.gaps, Contains(gap("net:[100]", Fact::nft_rules)));
  EXPECT_THAT(host.networks_read, IsEmpty());
}

TEST_F(Node, MissingCapabilitiesAreGaps) {
  options.missing_capabilities = {"CAP_NET_ADMIN", "CAP_SYS_PTRACE"};
  EXPECT_THAT(look().gaps, ElementsAre(gap("CAP_NET_ADMIN", Fact::legacy_rules),
                                       gap("CAP_NET_ADMIN", Fact::nft_rules),
                                       gap("CAP_SYS_PTRACE", Fact::processes)));
}

TEST_F(Node, AForeignHostnameIsReadFromTheHostsFile) {
  hostname.clear();
  host.reports["host"].text_files["/etc/hostname"] = "worker-9\n"s;
  EXPECT_EQ(look().node.hostname, "worker-9");
}

TEST_F(Node, TooManyPlacesAreAGap) {
  for (pid_t pid = 10000; pid < 10100; ++pid)
    processes.processes[pid] = {.comm = "kube-proxy",
                                .executable = "/kube-proxy",
                                .arguments = {"kube-proxy", "--proxy-mode=iptables"},
                                .place = {kNodeNet, static_cast<NamespaceId>(pid), kNodeUser}};
  const Snapshot snapshot = look();
  EXPECT_THAT(host.started, SizeIs(PlacePlan::kMaxPlaces + 2));
  EXPECT_THAT(snapshot.gaps, Contains(gap("kube-proxy (pid 10099)", Fact::installations)));
}

}  // namespace
}  // namespace iptmode::collect
