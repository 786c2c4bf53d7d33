// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet_rulesets.h"

namespace iptmode::kernel {
namespace {

std::string nat(const std::string& lines) {
  return "*nat\n:PREROUTING ACCEPT\n:OUTPUT ACCEPT\n:POSTROUTING ACCEPT\n" + lines + "COMMIT\n";
}

std::string filter(const std::string& lines) {
  return "*filter\n" + lines + "COMMIT\n";
}

/// What hostPorts, Services and proxies on a node write: by each backend.
void add_both4(std::vector<PacketRuleset>& all, const std::string& name, const std::string& text) {
  all.push_back({name + ", nft", {{kNft4, text}}});
  all.push_back({name + ", legacy", {{kLegacy4, text}}});
}

const std::string kToPod = nat(
    ":CNI-HOSTPORT-DNAT -\n:CNI-DN-1 -\n"
    "-A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT\n"
    "-A CNI-HOSTPORT-DNAT -p tcp -m multiport --dports 6443,10250 -j CNI-DN-1\n"
    "-A CNI-HOSTPORT-DNAT -p udp -m udp --dport 4789 -j DNAT --to-destination 10.244.255.253:8080\n"
    "-A CNI-DN-1 -p tcp -m tcp --dport 6443 -j DNAT --to-destination 10.244.255.253:8080\n"
    "-A CNI-DN-1 -p tcp -m tcp --dport 10250 -j DNAT --to-destination 192.0.2.1:8443\n");

void add_inbound(std::vector<PacketRuleset>& all) {
  add_both4(all, "a hostPort takes the port", kToPod);
  add_both4(all, "a hostPort behind a closed forward chain",
            kToPod + filter(":INPUT ACCEPT\n:FORWARD DROP\n-A FORWARD -m conntrack --ctstate "
                            "RELATED,ESTABLISHED -j ACCEPT\n-A INPUT -p tcp -m tcp --dport 10250 "
                            "-j DROP\n-A INPUT -p tcp -m tcp --dport 8443 -j REJECT\n"));
  add_both4(all, "a hostPort that the forward chain knows",
            kToPod + filter(":FORWARD DROP\n-A FORWARD -m conntrack --ctstate "
                            "RELATED,ESTABLISHED -j ACCEPT\n-A FORWARD -d 10.244.255.0/24 -i "
                            "uplink0 -o cni0 -p tcp -m tcp --dport 8080 -j ACCEPT\n"));
  add_both4(all, "translated packets only",
            kToPod + filter(":INPUT ACCEPT\n:FORWARD DROP\n-A FORWARD -m conntrack --ctstate "
                            "RELATED,ESTABLISHED,DNAT -j ACCEPT\n-A INPUT -m conntrack --ctstate "
                            "DNAT -j REJECT\n-A INPUT -p tcp -m conntrack ! --ctstate DNAT -m tcp "
                            "--dport 179 -j REJECT\n"));
  add_both4(all, "redirected to another port",
            nat("-A PREROUTING -i uplink0 -p tcp -m tcp --dport 6443 -j REDIRECT --to-ports 8443\n"
                "-A PREROUTING -p tcp -m tcp --dport 2380 -j REDIRECT --to-ports 8443\n"
                "-A PREROUTING -p tcp -m tcp --dport 179 -j REDIRECT\n") +
                filter(":INPUT ACCEPT\n-A INPUT -p tcp -m tcp --dport 6443 -j DROP\n-A INPUT -p "
                       "tcp -m tcp --dport 179 -j REJECT\n"));
  add_both4(all, "redirected to a closed port",
            nat("-A PREROUTING -p tcp -m tcp --dport 6443 -j REDIRECT --to-ports 8443\n") +
                filter(":INPUT ACCEPT\n-A INPUT -d 192.0.2.1 -i uplink0 -p tcp -m tcp --dport 8443 "
                       "-j DROP\n"));
  add_both4(all, "one of two endpoints",
            nat(":KUBE-SVC-1 -\n:KUBE-SEP-1 -\n:KUBE-SEP-2 -\n"
                "-A PREROUTING -p tcp -m tcp --dport 6443 -j KUBE-SVC-1\n"
                "-A KUBE-SVC-1 -m statistic --mode random --probability 0.5 -j KUBE-SEP-1\n"
                "-A KUBE-SVC-1 -j KUBE-SEP-2\n"
                "-A KUBE-SEP-1 -p tcp -m tcp -j DNAT --to-destination 10.244.255.253:8080\n"
                "-A KUBE-SEP-2 -p tcp -m tcp -j DNAT --to-destination 203.0.113.1:8080\n"
                "-A POSTROUTING -j MASQUERADE\n"));
  add_both4(all, "marked, translated, hidden as a nodePort",
            nat(":KUBE-EXT -\n-A PREROUTING -p tcp -m tcp --dport 10250 -j KUBE-EXT\n"
                "-A KUBE-EXT -j MARK --set-xmark 0x4000/0x4000\n"
                "-A KUBE-EXT -p tcp -m tcp -j DNAT --to-destination 203.0.113.1:8080\n"
                "-A POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN\n"
                "-A POSTROUTING -j MASQUERADE\n") +
                filter(":FORWARD DROP\n-A FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT\n-A "
                       "FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n"));
}

void add_outbound(std::vector<PacketRuleset>& all) {
  add_both4(all, "the node's own packets led elsewhere",
            nat("-A OUTPUT -p tcp -m tcp --dport 6443 -j DNAT --to-destination 192.0.2.2:8132\n"
                "-A OUTPUT -p tcp -m tcp --dport 8132 -j DNAT --to-destination "
                "10.244.255.253:8080\n") +
                filter(":OUTPUT ACCEPT\n-A OUTPUT -o uplink0 -p tcp -m tcp --dport 8132 -j "
                       "REJECT\n-A OUTPUT -p tcp -m tcp --dport 6443 -j DROP\n"));
  add_both4(all, "the node's own packets to a pod",
            nat("-A OUTPUT -p tcp -m tcp --dport 8132 -j DNAT --to-destination "
                "10.244.255.253:8080\n") +
                filter(":OUTPUT ACCEPT\n-A OUTPUT -o cni0 -p tcp -m tcp --dport 8080 -j DROP\n"));
  // Routed anew behind the hook: until then the packet shows the interface that it had.
  add_both4(all, "the node's own packets to a pod, seen at the old interface",
            nat("-A OUTPUT -p tcp -m tcp --dport 8132 -j DNAT --to-destination "
                "10.244.255.253:8080\n") +
                filter(":OUTPUT ACCEPT\n-A OUTPUT -o uplink0 -p tcp -m tcp --dport 8080 -j "
                       "REJECT\n"));
  add_both4(all, "the node's own packets to a pod, seen at the new interface",
            "*mangle\n:POSTROUTING ACCEPT\n-A POSTROUTING -o cni0 -p tcp -m tcp --dport 8080 -j "
            "DROP\nCOMMIT\n" +
                nat("-A OUTPUT -p tcp -m tcp --dport 8132 -j DNAT --to-destination "
                    "10.244.255.253:8080\n"));
  add_both4(all, "a pod's packets led to the node",
            nat("-A PREROUTING -i cni0 -p tcp -m tcp --dport 443 -j DNAT --to-destination "
                "192.0.2.1:8443\n") +
                filter(":INPUT ACCEPT\n:FORWARD DROP\n-A INPUT -i uplink0 -j ACCEPT\n-A INPUT -i "
                       "cni0 -p tcp -m tcp --dport 443 -j DROP\n"));
  add_both4(all, "a pod's packets led to a closed port",
            nat("-A PREROUTING -i cni0 -p tcp -m tcp --dport 443 -j DNAT --to-destination "
                "192.0.2.1:8443\n") +
                filter(":INPUT ACCEPT\n-A INPUT -i cni0 -p tcp -m tcp --dport 8443 -j DROP\n"));
}

void add_ipv6(std::vector<PacketRuleset>& all) {
  const std::string text =
      nat("-A PREROUTING -p tcp -m tcp --dport 6443 -j DNAT --to-destination "
          "[fd00:10:244::fd]:8080\n-A PREROUTING -p tcp -m tcp --dport 10250 -j REDIRECT "
          "--to-ports 8443\n-A PREROUTING -p udp -m udp --dport 4789 -j DNAT --to-destination "
          "[fd00:10:244::fd]:8080\n-A PREROUTING -i cni0 -p tcp -j DNAT --to-destination "
          "2001:db8::2\n") +
      filter(
          ":INPUT ACCEPT\n:FORWARD ACCEPT\n-A FORWARD -o cni0 -p tcp -m tcp --dport 8080 -j "
          "REJECT\n-A INPUT -p tcp -m tcp --dport 10250 -j DROP\n-A FORWARD -d 2001:db8::2 -p "
          "tcp -j DROP\n");
  all.push_back({"translated IPv6, nft", {{kNft6, text}}});
  all.push_back({"translated IPv6, legacy", {{kLegacy6, text}}});
}

void add_mixed(std::vector<PacketRuleset>& all) {
  const std::string shut =
      filter(":FORWARD DROP\n-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n");
  all.push_back({"translated in legacy, dropped in nft", {{kLegacy4, kToPod}, {kNft4, shut}}});
  all.push_back({"translated in nft, dropped in legacy", {{kNft4, kToPod}, {kLegacy4, shut}}});
  all.push_back({"translated in both",
                 {{kLegacy4, kToPod},
                  {kNft4, nat("-A PREROUTING -p tcp -m tcp --dport 6443 -j DNAT --to-destination "
                              "203.0.113.1:8080\n-A POSTROUTING -j MASQUERADE\n")}}});
}

void add_native(std::vector<PacketRuleset>& all) {
  const auto add = [&](const std::string& name, const std::string& text) {
    all.push_back({name, {{kNative, text}}});
  };
  add("native translation of both families",
      "table inet t {\nchain pre {\ntype nat hook prerouting priority dstnat; policy accept;\n"
      "tcp dport 6443 dnat ip to 10.244.255.253:8080\n"
      "tcp dport 6443 dnat ip6 to [fd00:10:244::fd]:8080\n"
      "tcp dport { 10250, 2380 } redirect to :8443\n"
      "udp dport 4789 dnat ip to 192.0.2.1:8443\n}\n"
      "chain ahead {\ntype filter hook forward priority filter; policy drop;\n"
      "ct state established,related accept\nip6 daddr fd00:10:244::/64 tcp dport 8080 accept\n}\n"
      "chain home {\ntype filter hook input priority filter; policy accept;\n"
      "tcp dport { 10250, 2380 } drop\nudp dport 8443 reject\n}\n}\n");
  add("native, what is translated passes as with firewalld",
      "table ip n {\nchain pre {\ntype nat hook prerouting priority dstnat + 10; policy accept;\n"
      "iifname \"uplink0\" tcp dport vmap { 6443 : goto pod, 10250 : goto self }\n}\n"
      "chain pod {\nip protocol tcp dnat to 10.244.255.253:8080\n}\nchain self {\nmeta l4proto tcp "
      "redirect to :8443\n}\n}\n"
      "table inet firewalld {\nchain ahead {\ntype filter hook forward priority filter + 10; "
      "policy "
      "accept;\nct state established,related accept\nct status dnat accept\nreject with icmpx "
      "admin-prohibited\n}\nchain home {\ntype filter hook input priority filter + 10; policy "
      "accept;\nct state established,related accept\nct status dnat accept\nmeta l4proto "
      "ipv6-icmp accept\ntcp dport 179 accept\nreject with icmpx admin-prohibited\n}\n}\n");
  add("native, by a map",
      "table ip n {\nchain pre {\ntype nat hook prerouting priority dstnat; policy accept;\n"
      "dnat to tcp dport map { 6443 : 10.244.255.253 }\n}\n}\n");
}

}  // namespace

std::vector<PacketRuleset> translating_rulesets() {
  std::vector<PacketRuleset> all;
  add_inbound(all);
  add_outbound(all);
  add_ipv6(all);
  add_mixed(all);
  add_native(all);
  return all;
}

}  // namespace iptmode::kernel
