// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/discovery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_node.h"

namespace iptmode::collect {
namespace {

using ::testing::ElementsAre;

constexpr ProcessPlace kNode{.network = kNodeNet, .mount = kNodeMount, .user = kNodeUser};

ProcessRecord a_process(pid_t pid, ComponentKind kind, ProcessPlace place = kNode) {
  return {
      .pid = pid, .match = {kind, std::string{to_string(kind)}}, .place = place, .net_admin = true};
}

Discovery discover_in(std::vector<ProcessRecord> records) {
  return discover({.records = std::move(records), .node = kNode});
}

std::vector<pid_t> pids_of(const Discovery& discovery) {
  std::vector<pid_t> pids;
  for (const FoundComponent& found : discovery.components) pids.push_back(found.component.pid);
  return pids;
}

ImpostorReason reason_of(const ProcessRecord& record) {
  return discover_in({record}).components.at(0).component.impostor;
}

TEST(Discover, AProcessOfTheNodeCounts) {
  const Discovery found = discover_in({a_process(7, ComponentKind::kube_proxy)});
  ASSERT_EQ(found.components.size(), 1U);
  EXPECT_TRUE(found.components[0].component.in_node(kNodeNet));
  EXPECT_THAT(found.domains, ElementsAre(Domain{kNodeNet, 1}));
}

TEST(Discover, ANameWithoutThePlaceIsAnImpostor) {
  ProcessRecord record = a_process(7, ComponentKind::kube_proxy);
  record.place.network = 999;
  EXPECT_EQ(reason_of(record), ImpostorReason::other_network);
  record = a_process(7, ComponentKind::kube_proxy);
  record.place.user = 999;
  EXPECT_EQ(reason_of(record), ImpostorReason::other_user_namespace);
  record = a_process(7, ComponentKind::kube_proxy);
  record.net_admin = false;
  EXPECT_EQ(reason_of(record), ImpostorReason::no_net_admin);
  EXPECT_EQ(reason_of(a_process(7, ComponentKind::kube_proxy)), ImpostorReason::none);
}

TEST(Discover, ANodeInAContainerIsADomainOfItsOwn) {
  const ProcessPlace kind{.network = 500, .mount = 600, .user = kNodeUser};
  const ProcessPlace pod_in_kind{.network = 500, .mount = 700, .user = kNodeUser};
  const Discovery found = discover_in({a_process(30, ComponentKind::kubelet, kind),
                                       a_process(31, ComponentKind::kube_proxy, pod_in_kind),
                                       a_process(20, ComponentKind::kube_proxy)});
  EXPECT_THAT(found.domains, ElementsAre(Domain{kNodeNet, 1}, Domain{500, 30}));
  EXPECT_THAT(pids_of(found), ElementsAre(20, 30, 31));  // the node's own network first
  for (const FoundComponent& component : found.components)
    EXPECT_EQ(component.component.impostor, ImpostorReason::none);
}

TEST(Discover, AKubeletWithoutPowerMakesNoDomain) {
  ProcessRecord weak =
      a_process(30, ComponentKind::kubelet, {.network = 500, .mount = 600, .user = kNodeUser});
  weak.net_admin = false;
  ProcessRecord rootless =
      a_process(31, ComponentKind::kubelet, {.network = 501, .mount = 600, .user = 301});
  const Discovery found = discover_in({weak, rootless});
  EXPECT_EQ(found.domains.size(), 1U);
  for (const FoundComponent& component : found.components)
    EXPECT_EQ(component.component.impostor, ImpostorReason::other_network);
}

TEST(Discover, OneMountNamespaceHasOneCalico) {
  const ProcessPlace pod{.network = kNodeNet, .mount = 900, .user = kNodeUser};
  ProcessRecord confd = a_process(11, ComponentKind::calico_node, pod);
  confd.match = {ComponentKind::calico_node, "calico-node -confd", 1};
  ProcessRecord felix = a_process(12, ComponentKind::calico_node, pod);
  felix.match = {ComponentKind::calico_node, "calico-node -felix", 0};
  const Discovery found = discover_in({confd, felix});
  ASSERT_EQ(found.components.size(), 1U);
  EXPECT_EQ(found.components[0].component.command, "calico-node -felix");
  EXPECT_EQ(found.components[0].component.pid, 12);
}

TEST(Discover, TwoMountNamespacesHaveTwoComponents) {
  const ProcessPlace a{.network = kNodeNet, .mount = 900, .user = kNodeUser};
  const ProcessPlace b{.network = kNodeNet, .mount = 901, .user = kNodeUser};
  EXPECT_THAT(pids_of(discover_in({a_process(12, ComponentKind::kube_proxy, b),
                                   a_process(11, ComponentKind::kube_proxy, a),
                                   a_process(13, ComponentKind::kube_proxy, a)})),
              ElementsAre(11, 12));
}

TEST(Discover, AnImpostorDoesNotStandInForTheComponent) {
  ProcessRecord impostor = a_process(5, ComponentKind::kubelet);
  impostor.net_admin = false;
  const Discovery found = discover_in({impostor, a_process(7, ComponentKind::kubelet)});
  ASSERT_EQ(found.components.size(), 2U);
  EXPECT_EQ(found.components[0].component.impostor, ImpostorReason::no_net_admin);
  EXPECT_EQ(found.components[1].component.impostor, ImpostorReason::none);
}

TEST(Discover, SortsByNetworkKindAndPid) {
  const ProcessPlace kind{.network = 50, .mount = 600, .user = kNodeUser};
  EXPECT_THAT(
      pids_of(discover_in(
          {a_process(4, ComponentKind::kube_router), a_process(3, ComponentKind::kubelet, kind),
           a_process(2, ComponentKind::kube_proxy), a_process(9, ComponentKind::k0s)})),
      ElementsAre(9, 2, 4, 3));
}

}  // namespace
}  // namespace iptmode::collect
