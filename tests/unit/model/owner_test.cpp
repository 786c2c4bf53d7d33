// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/owner.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iptmode {
namespace {

constexpr OwnerSet kNobody{};
constexpr OwnerSet kKubeletOrProxy = OwnerSet{Owner::kubelet} | Owner::kube_proxy;

struct ChainCase {
  std::string_view name;
  OwnerSet owners;
  std::string_view pattern;
};

void expect_chains(std::initializer_list<ChainCase> cases) {
  for (const auto& [name, owners, pattern] : cases) {
    const Attribution found = attribute_chain(name);
    EXPECT_EQ(found.owners, owners) << name << " is " << to_string(found.owners);
    EXPECT_EQ(found.pattern, pattern) << name;
  }
}

TEST(AttributeChain, KnowsTheChainsOfKubernetes) {
  expect_chains({
      {"KUBE-IPTABLES-HINT", Owner::kubelet, "KUBE-IPTABLES-HINT"},
      {"KUBE-KUBELET-CANARY", Owner::kubelet, "KUBE-KUBELET-CANARY"},
      {"KUBE-FIREWALL", kKubeletOrProxy, "KUBE-FIREWALL"},
      {"KUBE-MARK-DROP", kKubeletOrProxy, "KUBE-MARK-DROP"},
      {"KUBE-MARK-MASQ", kKubeletOrProxy, "KUBE-MARK-MASQ"},
      {"KUBE-POSTROUTING", kKubeletOrProxy, "KUBE-POSTROUTING"},
      {"KUBE-PROXY-CANARY", Owner::kube_proxy, "KUBE-PROXY-CANARY"},
      {"KUBE-SERVICES", Owner::kube_proxy, "KUBE-SERVICES"},
      {"KUBE-EXTERNAL-SERVICES", Owner::kube_proxy, "KUBE-EXTERNAL-SERVICES"},
      {"KUBE-NODEPORTS", Owner::kube_proxy, "KUBE-NODEPORTS"},
      {"KUBE-FORWARD", Owner::kube_proxy, "KUBE-FORWARD"},
      {"KUBE-PROXY-FIREWALL", Owner::kube_proxy, "KUBE-PROXY-FIREWALL"},
      {"KUBE-SVC-ERIFXISQEP7F7OF4", Owner::kube_proxy, "KUBE-SVC-*"},
      {"KUBE-SEP-2GYQBBEVAUGUYWJF", Owner::kube_proxy, "KUBE-SEP-*"},
      {"KUBE-EXT-ERIFXISQEP7F7OF4", Owner::kube_proxy, "KUBE-EXT-*"},
      {"KUBE-FW-ERIFXISQEP7F7OF4", Owner::kube_proxy, "KUBE-FW-*"},
      {"KUBE-SVL-ERIFXISQEP7F7OF4", Owner::kube_proxy, "KUBE-SVL-*"},
      {"KUBE-XLB-ERIFXISQEP7F7OF4", Owner::kube_proxy, "KUBE-XLB-*"},
      {"KUBE-NODE-PORT", Owner::kube_proxy, "KUBE-NODE-PORT"},
      {"KUBE-LOAD-BALANCER", Owner::kube_proxy, "KUBE-LOAD-BALANCER"},
      {"KUBE-SOURCE-RANGES-FIREWALL", Owner::kube_proxy, "KUBE-SOURCE-RANGES-FIREWALL"},
      {"KUBE-IPVS-FILTER", Owner::kube_proxy, "KUBE-IPVS-FILTER"},
      {"KUBE-IPVS-OUT-FILTER", Owner::kube_proxy, "KUBE-IPVS-OUT-FILTER"},
      {"KUBE-PORTALS-HOST", Owner::kube_proxy, "KUBE-PORTALS-HOST"},
  });
}

TEST(AttributeChain, KnowsTheChainsOfTheNetworkPlugins) {
  expect_chains({
      {"KUBE-ROUTER-INPUT", Owner::kube_router, "KUBE-ROUTER-*"},
      {"KUBE-ROUTER-FORWARD", Owner::kube_router, "KUBE-ROUTER-*"},
      {"KUBE-ROUTER-OUTPUT", Owner::kube_router, "KUBE-ROUTER-*"},
      {"KUBE-ROUTER-SERVICES", Owner::kube_router, "KUBE-ROUTER-*"},
      {"KUBE-ROUTER-HAIRPIN", Owner::kube_router, "KUBE-ROUTER-*"},
      {"KUBE-NWPLCY-DEFAULT", Owner::kube_router, "KUBE-NWPLCY-*"},
      {"KUBE-NWPLCY-COMMON", Owner::kube_router, "KUBE-NWPLCY-*"},
      {"KUBE-NWPLCY-TAIL", Owner::kube_router, "KUBE-NWPLCY-*"},
      {"KUBE-NWPLCY-5V6H2DC7SRYSV3DV", Owner::kube_router, "KUBE-NWPLCY-*"},
      {"KUBE-POD-FW-5V6H2DC7SRYSV3DV", Owner::kube_router, "KUBE-POD-FW-*"},
      {"cali-FORWARD", Owner::felix, "cali-*"},
      {"cali-tw-cali12d4a061371", Owner::felix, "cali-*"},
      {"felix-INPUT", Owner::felix, "felix-*"},
      {"calico-dhcp-something", Owner::felix, "calico-dhcp-*"},
      {"CILIUM_INPUT", Owner::cilium, "CILIUM_*"},
      {"OLD_CILIUM_INPUT", Owner::cilium, "OLD_CILIUM_*"},
      {"FLANNEL-FWD", Owner::flannel, "FLANNEL-FWD"},
      {"FLANNEL-POSTRTG", Owner::flannel, "FLANNEL-POSTRTG"},
      {"ANTREA-FORWARD", Owner::antrea, "ANTREA-*"},
      {"ANTREA-PREROUTING", Owner::antrea, "ANTREA-*"},
      {"ANTREA-POSTROUTING", Owner::antrea, "ANTREA-*"},
      {"ANTREA-INPUT", Owner::antrea, "ANTREA-*"},
      {"ANTREA-OUTPUT", Owner::antrea, "ANTREA-*"},
      {"ANTREA-NODE-PORT-LOCAL", Owner::antrea, "ANTREA-*"},
      {"ANTREA-POL-INGRESS-RULES", Owner::antrea, "ANTREA-POL-*"},
      {"ISTIO_POSTRT", Owner::istio, "ISTIO_*"},
      {"CNI-HOSTPORT-DNAT", Owner::cni, "CNI-HOSTPORT-*"},
      {"CNI-HOSTPORT-SETMARK", Owner::cni, "CNI-HOSTPORT-*"},
      {"CNI-HOSTPORT-MASQ", Owner::cni, "CNI-HOSTPORT-*"},
      {"CNI-DN-0123456789abcdef01234", Owner::cni, "CNI-DN-*"},
      {"CNI-FORWARD", Owner::cni, "CNI-FORWARD"},
      {"CNI-ADMIN", Owner::cni, "CNI-ADMIN"},
      {"CNI-ISOLATION-STAGE-1", Owner::cni, "CNI-ISOLATION-STAGE-*"},
      {"CNI-0123456789abcdef01234567", Owner::cni, "CNI-<hash>"},
  });
}

TEST(AttributeChain, KnowsTheChainsOfTheRestOfTheHost) {
  expect_chains({
      {"DOCKER", Owner::docker, "DOCKER"},
      {"DOCKER-USER", Owner::docker, "DOCKER-*"},
      {"DOCKER-FORWARD", Owner::docker, "DOCKER-*"},
      {"DOCKER-BRIDGE", Owner::docker, "DOCKER-*"},
      {"DOCKER-CT", Owner::docker, "DOCKER-*"},
      {"DOCKER-INTERNAL", Owner::docker, "DOCKER-*"},
      {"DOCKER-INGRESS", Owner::docker, "DOCKER-*"},
      {"DOCKER-ISOLATION-STAGE-1", Owner::docker, "DOCKER-ISOLATION-STAGE-*"},
      {"DOCKER-ISOLATION-STAGE-2", Owner::docker, "DOCKER-ISOLATION-STAGE-*"},
      {"INPUT_direct", Owner::firewalld, "INPUT_direct"},
      {"POSTROUTING_direct", Owner::firewalld, "POSTROUTING_direct"},
      {"INPUT_ZONES", Owner::firewalld, "INPUT_ZONES*"},
      {"INPUT_ZONES_SOURCE", Owner::firewalld, "INPUT_ZONES*"},
      {"FORWARD_IN_ZONES", Owner::firewalld, "FORWARD_IN_ZONES*"},
      {"FORWARD_OUT_ZONES", Owner::firewalld, "FORWARD_OUT_ZONES*"},
      {"INPUT_POLICIES_pre", Owner::firewalld, "INPUT_POLICIES_*"},
      {"FORWARD_dispatch", Owner::firewalld, "FORWARD_dispatch"},
      {"INPUT_dnat", Owner::firewalld, "INPUT_dnat"},
      {"IN_public", Owner::firewalld, "IN_*"},
      {"IN_public_allow", Owner::firewalld, "IN_*"},
      {"FWD_public", Owner::firewalld, "FWD_*"},
      {"FWDI_public", Owner::firewalld, "FWDI_*"},
      {"FWDO_public", Owner::firewalld, "FWDO_*"},
      {"PRE_public", Owner::firewalld, "PRE_*"},
      {"POST_public", Owner::firewalld, "POST_*"},
      {"ufw-before-input", Owner::ufw, "ufw-*"},
      {"ufw6-before-input", Owner::ufw, "ufw6-*"},
      {"f2b-sshd", Owner::fail2ban, "f2b-*"},
      {"fail2ban-ssh", Owner::fail2ban, "fail2ban-*"},
      {"ts-input", Owner::tailscale, "ts-input"},
      {"ts-forward", Owner::tailscale, "ts-forward"},
      {"ts-postrouting", Owner::tailscale, "ts-postrouting"},
      {"NETAVARK_FORWARD", Owner::netavark, "NETAVARK_FORWARD"},
      {"NETAVARK_INPUT", Owner::netavark, "NETAVARK_INPUT"},
      {"NETAVARK_ISOLATION_2", Owner::netavark, "NETAVARK_ISOLATION_*"},
      {"NETAVARK-HOSTPORT-DNAT", Owner::netavark, "NETAVARK-HOSTPORT-*"},
      {"NETAVARK-DN-1D8721804F16F", Owner::netavark, "NETAVARK-DN-*"},
      {"NETAVARK-1D8721804F16F", Owner::netavark, "NETAVARK-<hash>"},
      {"LIBVIRT_INP", Owner::libvirt, "LIBVIRT_*"},
      {"LIBVIRT_PRT", Owner::libvirt, "LIBVIRT_*"},
  });
}

TEST(AttributeChain, GivesNobodyTheNearestNeighbours) {
  for (const std::string_view name : {"",
                                      "INPUT",
                                      "OUTPUT",
                                      "FORWARD",
                                      "PREROUTING",
                                      "POSTROUTING",
                                      "BROUTING",  // built in
                                      "KUBE-ROUTERX",
                                      "KUBE-ROUTER",
                                      "KUBE-",
                                      "KUBE",
                                      "KUBE-HP-ABC",
                                      "kube-services",
                                      "KUBE-SERVICES2",
                                      "KUBE-IPTABLES-HINT2",
                                      "KUBE-IPTABLES-HIN",
                                      "KUBE-SVC",
                                      "XKUBE-SVC-A",
                                      "cali",
                                      "calico",
                                      "california",
                                      "cali_FORWARD",
                                      "CILIUM",
                                      "cilium_input",
                                      "FLANNEL-FWD2",
                                      "DOCKERX",
                                      "docker",
                                      "CNI-",
                                      "CNI-XYZ",
                                      "CNI-0123456789abcdefg",
                                      "CNI-0123",
                                      "CNI",
                                      "NETAVARK-",
                                      "NETAVARK-XYZ",
                                      "NETAVARK",
                                      "ufw",
                                      "f2b",
                                      "ts-inputs",
                                      "ts-in",
                                      "LIBVIRT",
                                      "IN",
                                      "INPUT_directs",
                                      "POSTROUTING_",
                                      "\xff\xfe",
                                      "\x1b[2J"}) {
    EXPECT_EQ(attribute_chain(name), Attribution{}) << name;
  }
}

TEST(AttributeChain, AcceptsEveryFirstByte) {
  for (unsigned byte = 0; byte < 256; ++byte) {
    const std::string name(28, static_cast<char>(byte));
    EXPECT_EQ(attribute_chain(name).owners, kNobody) << byte;
  }
}

TEST(AttributeComment, KnowsWhoSignsRulesInBuiltInChains) {
  EXPECT_EQ(attribute_comment("cali:wUHhoiAYhphO9Mso").owners, OwnerSet{Owner::felix});
  EXPECT_EQ(attribute_comment("kube-router netpol - 4IA2OSFRMVNDXBVV").owners,
            OwnerSet{Owner::kube_router});
  for (const std::string_view comment :
       {"allow inbound traffic to pods", "allow outbound traffic from pods",
        "allow outbound node port traffic on node interface with which node ip is associated"})
    EXPECT_EQ(attribute_comment(comment).owners, OwnerSet{Owner::kube_router}) << comment;
  EXPECT_EQ(attribute_comment("flanneld masq").owners, OwnerSet{Owner::flannel});
  EXPECT_EQ(attribute_comment("cilium-feeder: CILIUM_INPUT").owners, OwnerSet{Owner::cilium});
  EXPECT_EQ(attribute_comment("Antrea: jump to Antrea forwarding rules").owners,
            OwnerSet{Owner::antrea});
  EXPECT_EQ(attribute_comment("netavark firewall rules").owners, OwnerSet{Owner::netavark});
  for (const std::string_view comment :
       {"", "cali", "calico rule", "kube-router", "flannel", "!fw3"})
    EXPECT_EQ(attribute_comment(comment), Attribution{}) << comment;
}

TEST(AttributeNftTable, KnowsNativeTablesInTheirFamilies) {
  struct Case {
    std::string_view family;
    std::string_view table;
    OwnerSet owners;
  };
  const Case kCases[] = {
      {"ip", "kube-proxy", Owner::kube_proxy},
      {"ip6", "kube-proxy", Owner::kube_proxy},
      {"inet", "kube-proxy", kNobody},
      {"ip", "kube-router-filter-ipv4", Owner::kube_router},
      {"ip6", "kube-router-filter-ipv6", Owner::kube_router},
      {"ip6", "kube-router-filter-ipv4", kNobody},
      {"ip", "calico", Owner::felix},
      {"ip6", "calico", Owner::felix},
      {"arp", "calico-arp", Owner::felix},
      {"arp", "calico", kNobody},
      {"ip", "flannel-ipv4", Owner::flannel},
      {"ip6", "flannel-ipv6", Owner::flannel},
      {"inet", "antrea", Owner::antrea},
      {"ip", "docker-bridges", Owner::docker},
      {"ip6", "docker-overlay", Owner::docker},
      {"inet", "firewalld", Owner::firewalld},
      {"inet", "firewalld_policy_drop", Owner::firewalld},
      {"bridge", "firewalld", kNobody},
      {"inet", "f2b-table", Owner::fail2ban},
      {"inet", "cni_hostport", Owner::cni},
      {"inet", "cni_plugins_masquerade", Owner::cni},
      {"inet", "istio-ambient-nat", Owner::istio},
      {"inet", "istio-proxy-nat", Owner::istio},
      {"ip", "keepalived", Owner::keepalived},
      {"ip", "keepalived_ipvs", Owner::keepalived},
      {"inet", "netavark", Owner::netavark},
      {"ip", "libvirt_network", Owner::libvirt},
      {"ip", "filter", kNobody},
      {"inet", "filter", kNobody},
      {"", "kube-proxy", kNobody},
      {"ip ip6", "kube-proxy", kNobody},
      {"ip", "", kNobody},
  };
  for (const auto& [family, table, owners] : kCases)
    EXPECT_EQ(attribute_nft_table(family, table).owners, owners) << family << ' ' << table;
}

TEST(IptablesNftTable, IsOneThatTheNftVariantReadsAndWrites) {
  for (const std::string_view family : {"ip", "ip6"})
    for (const std::string_view table : {"filter", "nat", "mangle", "raw", "security"})
      EXPECT_TRUE(is_iptables_nft_table(family, table)) << family << ' ' << table;
  EXPECT_TRUE(is_iptables_nft_table("arp", "filter"));
  EXPECT_TRUE(is_iptables_nft_table("bridge", "broute"));
  EXPECT_FALSE(is_iptables_nft_table("inet", "filter"));
  EXPECT_FALSE(is_iptables_nft_table("arp", "nat"));
  EXPECT_FALSE(is_iptables_nft_table("ip", "broute"));
  EXPECT_FALSE(is_iptables_nft_table("ip", "calico"));
}

TEST(OwnerSet, PrintsItsMembers) {
  EXPECT_EQ(to_string(OwnerSet{Owner::kube_proxy}), "kube-proxy");
  EXPECT_EQ(to_string(kKubeletOrProxy), "kubelet/kube-proxy");
  EXPECT_EQ(to_string(kNobody), "other");
  EXPECT_THAT(kKubeletOrProxy.members(), testing::ElementsAre(Owner::kubelet, Owner::kube_proxy));
}

TEST(Owner, HasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (const Owner owner : all_owners()) names.insert(to_string(owner));
  EXPECT_EQ(names.size(), kOwnerCount);
  EXPECT_EQ(to_string(Owner::libvirt), "libvirt");
}

TEST(Interact, IsSymmetric) {
  for (const Owner a : all_owners())
    for (const Owner b : all_owners()) EXPECT_EQ(interact(a, b), interact(b, a));
}

TEST(Interact, HoldsWithinTheClusterAndWithFirewalls) {
  EXPECT_TRUE(interact(Owner::kubelet, Owner::kube_proxy));
  EXPECT_TRUE(interact(Owner::kube_proxy, Owner::kube_router));
  EXPECT_TRUE(interact(Owner::kube_proxy, Owner::cni));
  EXPECT_TRUE(interact(Owner::firewalld, Owner::felix));
  EXPECT_TRUE(interact(Owner::docker, Owner::kube_router));
  EXPECT_TRUE(interact(Owner::ufw, Owner::tailscale));
  EXPECT_TRUE(interact(Owner::felix, Owner::felix));
}

TEST(Interact, DoesNotHoldForOwnersThatServeOnlyTheirOwnTraffic) {
  EXPECT_FALSE(interact(Owner::libvirt, Owner::kube_proxy));
  EXPECT_FALSE(interact(Owner::netavark, Owner::kube_router));
  EXPECT_FALSE(interact(Owner::tailscale, Owner::felix));
  EXPECT_FALSE(interact(Owner::fail2ban, Owner::kube_proxy));
  EXPECT_FALSE(interact(Owner::libvirt, Owner::netavark));
}

}  // namespace
}  // namespace iptmode
