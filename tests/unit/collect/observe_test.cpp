// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collect/place_plan.h"
#include "observed_node.h"

namespace iptmode::collect {
namespace {

using namespace std::string_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class Node : public ObservedNode {};

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
