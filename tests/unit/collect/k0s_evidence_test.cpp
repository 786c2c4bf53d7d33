// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/k0s_evidence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace iptmode::collect {
namespace {

using ::testing::ElementsAre;

FoundComponent a_k0s(std::vector<std::string> arguments) {
  const std::string command = "k0s " + arguments.at(1);
  return {.component = {.kind = ComponentKind::k0s,
                        .pid = 812,
                        .command = command,
                        .executable = "/usr/local/bin/k0s",
                        .network_namespace = 100},
          .arguments = std::move(arguments)};
}

FoundComponent a_kubelet(std::string executable, std::vector<std::string> arguments = {}) {
  return {.component = {.kind = ComponentKind::kubelet,
                        .pid = 900,
                        .executable = std::move(executable),
                        .network_namespace = 100},
          .arguments = std::move(arguments)};
}

std::string found_by(const K0sEvidence& evidence, const std::set<std::string>& existing) {
  const auto location =
      choose_location(evidence, [&](const std::string& path) { return existing.contains(path); });
  return location ? location->found_by + " " + location->bin_dir : "nothing";
}

TEST(K0sLocations, TheOptionComesBeforeEverything) {
  const FoundComponent k0s = a_k0s({"k0s", "worker", "--data-dir=/srv"});
  const K0sEvidence evidence{.data_dir_option = "/opt/k0s/", .k0s = &k0s};
  EXPECT_THAT(k0s_locations(evidence),
              ElementsAre(K0sLocation{"/opt/k0s", "/opt/k0s/bin", "--data-dir"}));
  EXPECT_EQ(found_by(evidence, {"/srv/bin"}), "--data-dir /opt/k0s/bin");
}

TEST(K0sLocations, FollowTheOrderOfTrust) {
  const FoundComponent k0s = a_k0s({"k0s", "worker", "--data-dir", "/flag"});
  const FoundComponent kubelet = a_kubelet("/kubelet/bin/kubelet");
  K0sEvidence evidence{.status = K0sStatus{.bin_dir = "/status/bin", .data_dir = "/status"},
                       .k0s = &k0s,
                       .kubelet = &kubelet};
  const std::set<std::string> all{"/status/bin", "/flag/bin", "/kubelet/bin", "/var/lib/k0s/bin",
                                  "/var/lib/embedded-cluster/k0s/bin"};
  EXPECT_EQ(found_by(evidence, all), "status socket /status/bin");
  evidence.status.reset();
  EXPECT_EQ(found_by(evidence, all), "k0s process /flag/bin");
  EXPECT_EQ(found_by(evidence, {"/kubelet/bin", "/var/lib/k0s/bin"}), "kubelet /kubelet/bin");
  EXPECT_EQ(found_by({}, all), "default /var/lib/k0s/bin");
  EXPECT_EQ(found_by({}, {"/var/lib/embedded-cluster/k0s/bin"}),
            "default /var/lib/embedded-cluster/k0s/bin");
  EXPECT_EQ(found_by({}, {}), "nothing");
}

TEST(K0sLocations, ARunningK0sIsThereEvenWithoutItsDirectory) {
  const FoundComponent k0s = a_k0s({"k0s", "controller"});
  EXPECT_EQ(found_by({.k0s = &k0s}, {}), "default /var/lib/k0s/bin");
}

TEST(K0sLocations, AnotherKubeletSaysNothing) {
  const FoundComponent packaged = a_kubelet("/usr/bin/kubelet");
  EXPECT_EQ(found_by({.kubelet = &packaged}, {"/usr/bin"}), "nothing");
  const FoundComponent flatcar = a_kubelet("/opt/bin/kubelet", {"--root-dir=/var/lib/kubelet"});
  EXPECT_EQ(found_by({.kubelet = &flatcar}, {"/opt/bin"}), "nothing");
  const FoundComponent moved = a_kubelet("/srv/bin/kubelet", {"--containerd=/run/k0s/c.sock"});
  EXPECT_EQ(found_by({.kubelet = &moved}, {"/srv/bin"}), "kubelet /srv/bin");
}

TEST(DescribeK0s, TakesModeAndVersionFromWhatIsKnown) {
  const FoundComponent k0s = a_k0s({"k0s", "worker", "--iptables-mode=legacy"});
  const K0sLocation location{"/var/lib/k0s", "/var/lib/k0s/bin", "default"};
  K0s described = describe_k0s({.k0s = &k0s}, location);
  EXPECT_EQ(described.mode, "legacy");
  EXPECT_EQ(described.version, "");
  EXPECT_TRUE(described.running);

  described = describe_k0s({.status = K0sStatus{.version = "v1.32.4+k0s.0",
                                                .arguments = {"k0s", "--iptables-mode=nft"}}},
                           location);
  EXPECT_EQ(described.mode, "nft");
  EXPECT_EQ(described.version, "v1.32.4+k0s.0");

  const FoundComponent kubelet = a_kubelet("/opt/v1.30.1+k0s.0/bin/kubelet");
  EXPECT_EQ(describe_k0s({.kubelet = &kubelet}, location).version, "v1.30.1+k0s.0");
  EXPECT_FALSE(describe_k0s({}, location).running);
  EXPECT_EQ(describe_k0s({}, location).mode, "auto");
}

TEST(NodeRole, ComesFromTheBestWitness) {
  const FoundComponent worker = a_k0s({"k0s", "worker"});
  const FoundComponent controller = a_k0s({"k0s", "controller"});
  const FoundComponent single = a_k0s({"k0s", "controller", "--single"});
  const FoundComponent kubelet = a_kubelet("/usr/bin/kubelet");
  EXPECT_EQ(node_role({}), NodeRole::none);
  EXPECT_EQ(node_role({.kubelet = &kubelet}), NodeRole::worker);
  EXPECT_EQ(node_role({.k0s = &worker, .kubelet = &kubelet}), NodeRole::worker);
  EXPECT_EQ(node_role({.k0s = &controller}), NodeRole::controller);
  EXPECT_EQ(node_role({.k0s = &single}), NodeRole::controller_worker);
  EXPECT_EQ(node_role({.k0s = &controller, .kubelet = &kubelet}), NodeRole::controller_worker);
  EXPECT_EQ(node_role({.status = K0sStatus{.role = NodeRole::controller}, .kubelet = &kubelet}),
            NodeRole::controller);
}

TEST(DistributionOf, KnowsEmbeddedCluster) {
  const K0sLocation plain{"/var/lib/k0s", "/var/lib/k0s/bin", "default"};
  const K0sLocation embedded{"/var/lib/embedded-cluster/k0s", "/var/lib/embedded-cluster/k0s/bin",
                             "default"};
  const FoundComponent labelled =
      a_k0s({"k0s", "worker", "--labels=kots.io/embedded-cluster-role=x"});
  EXPECT_EQ(distribution_of({}, std::nullopt), Distribution::none);
  EXPECT_EQ(distribution_of({}, plain), Distribution::k0s);
  EXPECT_EQ(distribution_of({}, embedded), Distribution::embedded_cluster);
  EXPECT_EQ(distribution_of({.k0s = &labelled}, plain), Distribution::embedded_cluster);
}

TEST(EvidenceIn, TakesOnlyTheNodesOwn) {
  FoundComponent elsewhere = a_k0s({"k0s", "worker"});
  elsewhere.component.network_namespace = 500;
  FoundComponent impostor = a_kubelet("/kubelet");
  impostor.component.impostor = ImpostorReason::no_net_admin;
  const std::vector<FoundComponent> components{elsewhere, impostor};
  EXPECT_EQ(evidence_in(components, 100).k0s, nullptr);
  EXPECT_EQ(evidence_in(components, 100).kubelet, nullptr);
  EXPECT_EQ(evidence_in(components, 500).k0s, &components[0]);
}

}  // namespace
}  // namespace iptmode::collect
