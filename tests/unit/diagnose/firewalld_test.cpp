// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "finding_matchers.h"
#include "firewalld_builder.h"

namespace iptmode {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace iptmode::testing;

void expect_silent(std::string_view id, const Snapshot& snapshot) {
  const CheckResult result = result_of(id, snapshot);
  EXPECT_EQ(result.status, CheckStatus::pass) << id << ": " << result.message;
  for (const Finding& finding : result.findings) ADD_FAILURE() << text_of(finding);
}

TEST(Firewalld, IsFineInTheSetupThatIsKnownToWork) {
  for (const char* id : {"firewalld_backend", "firewalld_zone", "firewalld_flush"})
    expect_silent(id, a_node_with_firewalld());
}

TEST(Firewalld, IsSkippedWhereItIsNotOrDoesNotRun) {
  const Snapshot stopped =
      a_node_with_firewalld([](Firewalld& firewalld) { firewalld = {.file = firewalld.file}; });
  for (const char* id : {"firewalld_backend", "firewalld_zone", "firewalld_flush"}) {
    EXPECT_EQ(result_of(id, a_node()).status, CheckStatus::skip) << id;
    EXPECT_EQ(result_of(id, stopped).status, CheckStatus::skip) << id;
  }
}

TEST(Firewalld, ThatCouldNotBeReadLeavesItsChecksUndecided) {
  const Snapshot node = a_node_with_firewalld().gap(Fact::firewalld, "firewalld over D-Bus", "x");
  for (const char* id : {"firewalld_backend", "firewalld_zone", "firewalld_flush"})
    EXPECT_EQ(result_of(id, node).status, CheckStatus::unknown) << id;
}

TEST(FirewalldBackend, OnTheOtherSideThanKubernetesIsAnError) {
  const Snapshot node = a_node_with_firewalld().edit([](Snapshot& snapshot) {
    // Its native table is the only thing in nf_tables.
    snapshot = a_node()
                   .no_rules()
                   .k0s_bin(Backend::legacy, "1.8.9")
                   .with(kubelet().legacy("1.8.9"))
                   .with(kube_proxy().legacy("1.8.11"))
                   .with(kube_router().legacy("1.8.9"))
                   .hint(Backend::legacy)
                   .legacy_rules(Owner::kube_router, 56)
                   .nft_table({.family = "inet", .name = "firewalld", .chains = 9, .rules = 20});
    snapshot.firewalld = a_firewalld();
  });
  const CheckResult result = result_of("firewalld_backend", node);
  ASSERT_THAT(result.findings, SizeIs(1));
  EXPECT_EQ(result.findings[0].severity, Severity::error);
  EXPECT_EQ(result.findings[0].subject, "firewalld (pid 812)");
  EXPECT_THAT(text_of(result.findings[0]),
              AllOf(HasSubstr("filters in nf_tables"), HasSubstr("table inet firewalld"),
                    HasSubstr("FirewallBackend=iptables")));
}

TEST(FirewalldBackend, OfIptablesThroughTheNodesVariantIsFine) {
  const auto iptables = [](Firewalld& firewalld) {
    firewalld.file.backend = "iptables";
    firewalld.daemon.backend = "iptables";
  };
  Snapshot node = a_node().nft_rules(Owner::firewalld, 90).build();
  node.firewalld = a_firewalld();
  iptables(*node.firewalld);
  expect_silent("firewalld_backend", node);

  Snapshot apart = a_node().legacy_rules(Owner::firewalld, 90).build();
  apart.firewalld = node.firewalld;
  EXPECT_EQ(result_of("firewalld_backend", apart).status, CheckStatus::fail);
}

TEST(FirewalldBackend, ThatWaitsInTheFileIsAWarning) {
  const Snapshot node =
      a_node_with_firewalld([](Firewalld& firewalld) { firewalld.file.backend = "iptables"; });
  const CheckResult result = result_of("firewalld_backend", node);
  ASSERT_THAT(result.findings, SizeIs(1));
  EXPECT_EQ(result.findings[0].severity, Severity::warning);
  EXPECT_THAT(result.findings[0].message, HasSubstr("takes effect at its next start"));
}

TEST(FirewalldZone, WithoutThePodNetworkIsAnError) {
  const Snapshot node = a_node_with_firewalld(
      [](Firewalld& firewalld) { firewalld.zones.erase(firewalld.zones.begin()); });
  const CheckResult result = result_of("firewalld_zone", node);
  ASSERT_THAT(result.findings, SizeIs(1));
  EXPECT_EQ(result.findings[0].severity, Severity::error);
  EXPECT_THAT(
      text_of(result.findings[0]),
      AllOf(HasSubstr("10.244.0.0/16 (k0s' default"), HasSubstr("zone public (the default)"),
            HasSubstr("--new-zone=k0s"), HasSubstr("--add-source=10.244.0.0/16")));
}

TEST(FirewalldZone, IsMadeWholeByOneRemedy) {
  const Snapshot node = a_node_with_firewalld(
      [](Firewalld& firewalld) { firewalld.zones.erase(firewalld.zones.begin()); });
  EXPECT_THAT(
      result_of("firewalld_zone", node).findings.at(0).remedy,
      ElementsAre("firewall-cmd --permanent --new-zone=k0s",
                  "firewall-cmd --permanent --zone=k0s --add-source=10.244.0.0/16 "
                  "--add-source=10.96.0.0/12",
                  "firewall-cmd --permanent --zone=k0s --add-forward",
                  "firewall-cmd --permanent --zone=k0s --add-masquerade",
                  HasSubstr("--add-port=80/tcp --add-port=6443/tcp"), "firewall-cmd --reload"));
}

TEST(FirewalldZone, ThatIsThereIsMadeWholeWithoutAReload) {
  const Snapshot node = a_node_with_firewalld([](Firewalld& firewalld) {
    firewalld.zones[0].sources = {"10.96.0.0/12"};
    firewalld.zones[0].forward = false;
    firewalld.zones[0].masquerade = false;
  });
  EXPECT_THAT(result_of("firewalld_zone", node).findings.at(0).remedy,
              ElementsAre("firewall-cmd --zone=k0s --add-source=10.244.0.0/16",
                          "firewall-cmd --permanent --zone=k0s --add-source=10.244.0.0/16",
                          "firewall-cmd --zone=k0s --add-forward",
                          "firewall-cmd --permanent --zone=k0s --add-forward",
                          "firewall-cmd --zone=k0s --add-masquerade",
                          "firewall-cmd --permanent --zone=k0s --add-masquerade"));
}

TEST(FirewalldZone, IsComparedWithTheNetworksThatTheNodeNames) {
  NodeBuilder node = a_node_with_firewalld().edit([](Snapshot& snapshot) {
    snapshot.node_networks.pods = {{"10.1.0.0/16", "kube-proxy clusterCIDR"}};
    snapshot.node_networks.services = {{"10.96.0.0/12", "/etc/k0s/k0s.yaml"}};
  });
  const CheckResult result = result_of("firewalld_zone", node);
  ASSERT_THAT(result.findings, SizeIs(1));
  EXPECT_THAT(text_of(result.findings[0]), AllOf(HasSubstr("10.1.0.0/16 (kube-proxy clusterCIDR)"),
                                                 HasSubstr("--zone=k0s --add-source=10.1.0.0/16")));
  node.edit([](Snapshot& snapshot) {
    snapshot.node_networks.pods = {{"10.244.7.0/24", "/etc/cni/net.d/10-kuberouter.conflist"}};
  });
  expect_silent("firewalld_zone", node);
}

TEST(FirewalldZone, ThatDoesNotForwardIsAnError) {
  const Snapshot node =
      a_node_with_firewalld([](Firewalld& firewalld) { firewalld.zones[0].forward = false; });
  const CheckResult result = result_of("firewalld_zone", node);
  ASSERT_THAT(result.findings, SizeIs(1));
  EXPECT_EQ(result.findings[0].severity, Severity::error);
  EXPECT_EQ(result.findings[0].subject, "firewalld (pid 812), zone k0s");
  EXPECT_THAT(text_of(result.findings[0]), HasSubstr("--zone=k0s --add-forward"));
}

TEST(FirewalldZone, ThatDoesNotMasqueradeIsAWarning) {
  const Snapshot node =
      a_node_with_firewalld([](Firewalld& firewalld) { firewalld.zones[0].masquerade = false; });
  EXPECT_EQ(result_of("firewalld_zone", node).status, CheckStatus::warn);
  // The zone of embedded cluster, and firewalld's own zone trusted.
  expect_silent("firewalld_zone", a_node_with_firewalld([](Firewalld& firewalld) {
                  firewalld.zones[0].masquerade = false;
                  firewalld.zones[0].forward = false;
                  firewalld.zones[0].target = "ACCEPT";
                }));
}

TEST(FirewalldZone, WithoutTheServiceNetworkIsAWarning) {
  const Snapshot node = a_node_with_firewalld(
      [](Firewalld& firewalld) { firewalld.zones[0].sources = {"10.244.0.0/16"}; });
  const CheckResult result = result_of("firewalld_zone", node);
  ASSERT_THAT(result.findings, SizeIs(1));
  EXPECT_EQ(result.findings[0].severity, Severity::warning);
  EXPECT_THAT(result.findings[0].message, HasSubstr("10.96.0.0/12"));
}

TEST(FirewalldZone, MayTakePodsByTheirInterfacesWhereNoneComeInElsewhere) {
  const auto by_interface = [](Firewalld& firewalld) {
    firewalld.zones[0] = {
        .name = "ec-net", .target = "ACCEPT", .interfaces = {"cali+", "tunl+", "vxlan.calico"}};
  };
  const Snapshot calico =
      a_node_with_firewalld(by_interface).without(ComponentKind::kube_router).with(calico_node());
  expect_silent("firewalld_zone", calico);
  // kube-router's packets between nodes come in over the uplink.
  EXPECT_EQ(result_of("firewalld_zone", a_node_with_firewalld(by_interface)).status,
            CheckStatus::fail);
}

TEST(FirewalldZone, ThatAcceptsEverythingIsFine) {
  expect_silent("firewalld_zone", a_node_with_firewalld([](Firewalld& firewalld) {
                  firewalld.zones = {{.name = "trusted", .target = "ACCEPT", .is_default = true}};
                }));
  expect_silent(
      "firewalld_zone", a_node_with_firewalld([](Firewalld& firewalld) {
        firewalld.zones.erase(firewalld.zones.begin());
        firewalld.policies = {
            {.name = "all", .target = "ACCEPT", .ingress_zones = {"ANY"}, .egress_zones = {"ANY"}}};
      }));
}

TEST(FirewalldZone, WithAnIpsetIsUndecidedWhereItCouldHoldThePods) {
  const Snapshot node = a_node_with_firewalld(
      [](Firewalld& firewalld) { firewalld.zones[0].sources = {"ipset:pods"}; });
  EXPECT_EQ(result_of("firewalld_zone", node).status, CheckStatus::unknown);
}

TEST(FirewalldZone, DoesNotMatterWithoutPods) {
  EXPECT_EQ(result_of("firewalld_zone", a_node_with_firewalld().role(NodeRole::controller)).status,
            CheckStatus::skip);
}

NodeBuilder with_host_ports(Backend backend, const std::function<void(Firewalld&)>& change = {}) {
  return a_node_with_firewalld(change)
      .host_iptables(Backend::nf_tables, "1.8.9")
      .edit([&](Snapshot& snapshot) {
        OwnerUse use{.owners = Owner::cni,
                     .chains = 3,
                     .rules = 9,
                     .translations = 2,
                     .patterns = {"CNI-DN-*", "CNI-HOSTPORT-DNAT"}};
        if (backend == Backend::nf_tables) {
          snapshot.networks.at(0).nft->push_back(
              {.family = "ip", .name = "nat", .compat = true, .owners = {use}});
        } else {
          snapshot.networks.at(0).legacy->push_back({.name = "nat", .owners = {use}});
        }
      });
}

TEST(FirewalldFlush, WithHostPortsInTheHostsBackendIsAWarning) {
  const CheckResult result = result_of("firewalld_flush", with_host_ports(Backend::nf_tables));
  ASSERT_THAT(result.findings, SizeIs(1));
  EXPECT_EQ(result.findings[0].severity, Severity::warning);
  EXPECT_THAT(text_of(result.findings[0]),
              AllOf(HasSubstr("2 of them translate"), HasSubstr("CNI-HOSTPORT-DNAT"),
                    HasSubstr("in the running daemon"), HasSubstr("FlushAllOnReload=no")));
}

TEST(FirewalldZone, SaysWhatItsReloadTakesFromHostPorts) {
  const auto remedy = [](Backend backend) {
    return result_of("firewalld_zone",
                     with_host_ports(backend,
                                     [](Firewalld& firewalld) {
                                       firewalld.zones.erase(firewalld.zones.begin());
                                     }))
        .findings.at(0)
        .remedy;
  };
  EXPECT_THAT(remedy(Backend::nf_tables).back(),
              HasSubstr("then delete the pods that have hostPorts"));
  EXPECT_EQ(remedy(Backend::legacy).back(), "firewall-cmd --reload");
}

TEST(FirewalldFlush, IsSilentWhenItIsOffOrTheRulesAreInTheOtherBackend) {
  expect_silent("firewalld_flush", with_host_ports(Backend::nf_tables, [](Firewalld& firewalld) {
                  firewalld.daemon.flush_all_on_reload = false;
                }));
  expect_silent("firewalld_flush", with_host_ports(Backend::legacy));
}

}  // namespace
}  // namespace iptmode
