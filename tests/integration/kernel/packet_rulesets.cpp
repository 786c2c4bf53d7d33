// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet_rulesets.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>

namespace iptmode::kernel {
namespace {

/// A filter table with these lines.
std::string filter(const std::string& lines) {
  return "*filter\n" + lines + "COMMIT\n";
}

/// The same rules by each of the two backends, and for IPv6.
void add_both(std::vector<PacketRuleset>& all, const std::string& name, const std::string& text) {
  all.push_back({name + ", nft", {{kNft4, text}, {kNft6, text}}});
  all.push_back({name + ", legacy", {{kLegacy4, text}, {kLegacy6, text}}});
}

void add_iptables(std::vector<PacketRuleset>& all) {
  add_both(all, "policy",
           filter(":INPUT DROP\n-A INPUT -m conntrack --ctstate "
                  "RELATED,ESTABLISHED -j ACCEPT\n-A INPUT -p tcp -m tcp --dport "
                  "6443 -j ACCEPT\n-A INPUT -p udp -m udp --dport 4789 -j ACCEPT\n"
                  "-A INPUT -p ipv6-icmp -j ACCEPT\n"));
  add_both(all, "jumps and returns",
           filter(":INPUT ACCEPT\n:ONE -\n:TWO -\n:THREE -\n"
                  "-A INPUT -p tcp -j ONE\n-A INPUT -p tcp -m tcp --dport 8132 -j DROP\n"
                  "-A ONE -p tcp -m tcp --dport 8132 -j RETURN\n"
                  "-A ONE -p tcp -m tcp --dport 9443 -g TWO\n-A ONE -j THREE\n"
                  "-A ONE -p tcp -m tcp --dport 10250 -j DROP\n"
                  "-A TWO -p tcp -m tcp --dport 179 -j DROP\n"
                  "-A THREE -p tcp -m tcp ! --dport 2380 -j RETURN\n-A THREE -j REJECT\n"));
  add_both(
      all, "goto does not come back",
      filter(":INPUT DROP\n:A -\n:B -\n-A INPUT -p ipv6-icmp -j ACCEPT\n-A INPUT -m conntrack "
             "--ctstate ESTABLISHED -j ACCEPT\n-A INPUT -p tcp -j A\n-A INPUT -j ACCEPT\n"
             "-A A -p tcp -m tcp --dport 6443 -g B\n-A A -j ACCEPT\n-A B -p tcp -m tcp --dport "
             "1 -j ACCEPT\n"));
  add_both(
      all, "marks",
      "*mangle\n:PREROUTING ACCEPT\n-A PREROUTING -p tcp -m tcp --dport 6443 -j MARK "
      "--set-xmark 0x8000/0x8000\n-A PREROUTING -p tcp -m tcp --dport 179 -j MARK --set-xmark "
      "0x4000/0x4000\n-A PREROUTING -p tcp -m tcp --dport 8132 -j MARK --set-xmark "
      "0xc000/0xffffffff\n-A PREROUTING -p tcp -m tcp --dport 8132 -j MARK --set-xmark "
      "0x8000/0x8000\nCOMMIT\n" +
          filter(":INPUT ACCEPT\n:KUBE-FIREWALL -\n-A INPUT -j KUBE-FIREWALL\n-A INPUT -m mark "
                 "--mark 0x4000/0xc000 -j REJECT\n-A KUBE-FIREWALL -m mark --mark "
                 "0x8000/0x8000 -j DROP\n-A KUBE-FIREWALL -p tcp -m mark ! --mark 0x0 -m tcp "
                 "--dport 2380 -j DROP\n"));
  add_both(all, "port ranges and lists",
           filter(":INPUT ACCEPT\n-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT\n-A INPUT "
                  "-p tcp -m tcp --dport 2000:7000 -j REJECT\n"
                  "-A INPUT -p tcp -m multiport --dports 8000:9000,10250 -j DROP\n"
                  "-A INPUT -p tcp -m multiport ! --dports 179,9443,1000:2000 -j DROP\n"
                  "-A INPUT -p udp -m udp ! --dport 4000:5000 -j DROP\n"));
  add_both(all, "interfaces",
           filter(":INPUT ACCEPT\n-A INPUT -i uplink0 -p tcp -m tcp --dport 6443 -j DROP\n"
                  "-A INPUT -i up+ -p tcp -m tcp --dport 2380 -j REJECT\n"
                  "-A INPUT -i uplink -p tcp -m tcp --dport 10250 -j DROP\n"
                  "-A INPUT ! -i uplink0 -p tcp -m tcp --dport 179 -j DROP\n"
                  "-A INPUT ! -i cni+ -p tcp -m tcp --dport 8132 -j DROP\n"));
  add_both(
      all, "flags and states",
      filter(":INPUT ACCEPT\n-A INPUT -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN --dport "
             "6443 -j DROP\n-A INPUT -p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN --dport "
             "2380 -m conntrack --ctstate NEW -j DROP\n-A INPUT -p tcp -m tcp --dport 179 -m "
             "conntrack --ctstate INVALID,NEW -j DROP\n-A INPUT -p tcp -m state --state NEW -m "
             "tcp --dport 10250 -j REJECT\n-A INPUT -p tcp -m tcp --dport 9443 -m conntrack ! "
             "--ctstate NEW -j DROP\n"));
  add_both(
      all, "raw and security",
      "*raw\n:PREROUTING ACCEPT\n-A PREROUTING -p tcp -m tcp --dport 6443 -j DROP\n-A "
      "PREROUTING -p tcp -m tcp --dport 179 -j CT --notrack\nCOMMIT\n*security\n:INPUT "
      "ACCEPT\n-A INPUT -p tcp -m tcp --dport 2380 -j DROP\nCOMMIT\n" +
          filter(":INPUT ACCEPT\n-A INPUT -p tcp -m tcp --dport 179 -m conntrack --ctstate NEW "
                 "-j DROP\n-A INPUT -p tcp -m conntrack --ctstate UNTRACKED -j ACCEPT\n-A "
                 "INPUT -p tcp -m tcp --dport 2380 -j ACCEPT\n"));
}

void add_iptables4(std::vector<PacketRuleset>& all) {
  const auto add4 = [&](const std::string& name, const std::string& text) {
    all.push_back({name + ", nft", {{kNft4, text}}});
    all.push_back({name + ", legacy", {{kLegacy4, text}}});
  };
  add4("reject kinds",
       filter(":INPUT ACCEPT\n-A INPUT -p tcp -m tcp --dport 2380 -j REJECT --reject-with "
              "tcp-reset\n-A INPUT -p tcp -m tcp --dport 6443 -j REJECT --reject-with "
              "icmp-host-prohibited\n-A INPUT -p tcp -m tcp --dport 179 -j REJECT --reject-with "
              "icmp-admin-prohibited\n-A INPUT -p udp -m udp --dport 4789 -j REJECT\n"));
  add4("addresses",
       filter(":INPUT ACCEPT\n-A INPUT -s 0.0.0.0/1 -d 192.0.2.1 -p tcp -m tcp --dport 1 -j DROP\n"
              "-A INPUT -d 192.0.2.0/24 -p tcp -m tcp --dport 6443 -j DROP\n"
              "-A INPUT -d 192.0.2.0/28 -p tcp -m tcp --dport 2380 -j DROP\n"
              "-A INPUT ! -d 192.0.2.1 -p tcp -m tcp --dport 179 -j DROP\n"
              "-A INPUT -d 192.0.0.0/255.0.255.0 -p tcp -m tcp --dport 8132 -j DROP\n"
              "-A INPUT -m iprange --dst-range 192.0.2.0-192.0.2.9 -p tcp -m tcp --dport 9443 -j "
              "DROP\n-A INPUT -s 127.0.0.0/8 -p tcp -j DROP\n"
              "-A INPUT -m addrtype --dst-type LOCAL -p tcp -m tcp --dport 10250 -j REJECT\n"
              "-A INPUT -m addrtype ! --dst-type LOCAL -j DROP\n"));
  add4("kubelet's firewall",
       filter(":INPUT ACCEPT\n:KUBE-FIREWALL -\n-A INPUT -j KUBE-FIREWALL\n-A KUBE-FIREWALL ! -s "
              "127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment \"block incoming localnet "
              "connections\" -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP\n-A "
              "KUBE-FIREWALL -m mark --mark 0x8000/0x8000 -j DROP\n"));
  add4("output",
       filter(":OUTPUT DROP\n-A OUTPUT -o lo -j ACCEPT\n-A OUTPUT -m conntrack --ctstate "
              "RELATED,ESTABLISHED -j ACCEPT\n-A OUTPUT -o uplink0 -p tcp -m tcp --dport 6443 -j "
              "ACCEPT\n-A OUTPUT -p tcp -m tcp --dport 8132 -j REJECT\n"));
  add4("output by policy of mangle",
       "*mangle\n:OUTPUT ACCEPT\n:POSTROUTING ACCEPT\n-A OUTPUT -s 192.0.2.1 -p tcp -m tcp --dport "
       "6443 -j DROP\n-A POSTROUTING -o uplink0 -p tcp -m tcp --dport 8132 -m conntrack --ctstate "
       "NEW -j DROP\nCOMMIT\n");
  add4("forwarding refused by Docker's policy",
       filter(":FORWARD DROP\n:KUBE-FORWARD -\n-A FORWARD -j KUBE-FORWARD\n-A KUBE-FORWARD -m mark "
              "--mark 0x4000/0x4000 -j ACCEPT\n-A KUBE-FORWARD -m conntrack --ctstate "
              "RELATED,ESTABLISHED -j ACCEPT\n"));
  add4("forwarding allowed, hidden behind the node",
       "*nat\n:POSTROUTING ACCEPT\n-A POSTROUTING -s 10.244.0.0/16 ! -d 10.244.0.0/16 -j "
       "MASQUERADE\nCOMMIT\n" +
           filter(":FORWARD DROP\n-A FORWARD -i cni0 -o uplink0 -j ACCEPT\n-A FORWARD -m conntrack "
                  "--ctstate RELATED,ESTABLISHED -j ACCEPT\n"));
}

void add_mixed(std::vector<PacketRuleset>& all) {
  const std::string open = filter(":INPUT ACCEPT\n-A INPUT -p tcp -j ACCEPT\n");
  const std::string shut = filter(
      ":INPUT DROP\n-A INPUT -p ipv6-icmp -j ACCEPT\n-A INPUT -m conntrack --ctstate "
      "RELATED,ESTABLISHED -j ACCEPT\n-A INPUT -p tcp -m tcp --dport 179 -j ACCEPT\n");
  all.push_back({"accepted in legacy, dropped in nft", {{kLegacy4, open}, {kNft4, shut}}});
  all.push_back({"accepted in nft, dropped in legacy", {{kNft4, open}, {kLegacy4, shut}}});
  all.push_back({"rejected in one, dropped in the other",
                 {{kNft4, filter(":INPUT ACCEPT\n-A INPUT -p tcp -m tcp --dport 6443 -j REJECT\n")},
                  {kLegacy4, shut}}});
  all.push_back({"marked in legacy, judged in nft",
                 {{kLegacy4,
                   "*mangle\n:PREROUTING ACCEPT\n-A PREROUTING -p tcp -m tcp --dport 6443 -j MARK "
                   "--set-xmark 0x1/0x1\nCOMMIT\n"},
                  {kNft4, filter(":INPUT ACCEPT\n-A INPUT -m mark --mark 0x1/0x1 -j DROP\n")}}});
  all.push_back({"forwarded in legacy, refused in nft",
                 {{kLegacy4, filter(":FORWARD ACCEPT\n-A FORWARD -s 10.244.0.0/16 -j ACCEPT\n")},
                  {kNft4, filter(":FORWARD DROP\n-A FORWARD -m conntrack --ctstate "
                                 "RELATED,ESTABLISHED -j ACCEPT\n")}}});
}

std::string inet_chain(const std::string& head, const std::string& rules,
                       const std::string& before = "") {
  return "table inet t {\n" + before + "chain c {\ntype filter hook " + head + ";\n" + rules +
         "}\n}\n";
}

void add_native(std::vector<PacketRuleset>& all) {
  const auto add = [&](const std::string& name, const std::string& text) {
    all.push_back({name, {{kNative, text}}});
  };
  const std::string known = "ct state established,related accept\nmeta l4proto ipv6-icmp accept\n";
  add("native sets",
      inet_chain("input priority filter; policy drop",
                 known + "tcp dport { 6443, 10250, 2000-3000 } accept\n"
                         "udp dport 4789 accept\ntcp dport != { 179, 9443 } reject\n"));
  add("native named set",
      inet_chain(
          "input priority filter; policy drop",
          known + "tcp dport @open accept\nip6 saddr @peers6 accept\n",
          "set open {\ntype inet_service; flags interval\nelements = { 100-200, 8000-9000 "
          "}\n}\nset peers6 {\ntype ipv6_addr; flags interval\nelements = { 2000::/3, fc00::/7 "
          "}\n}\n"));
  add("native verdict map",
      inet_chain("input priority filter; policy accept",
                 "tcp dport vmap { 6443 : drop, 2380 : jump other, 1-200 : drop, 9443 : accept "
                 "}\nudp dport vmap { 4789 : drop }\n",
                 "chain other {\nmeta nfproto ipv4 return\nreject with tcp reset\n}\n"));
  add("native states by map",
      inet_chain(
          "input priority filter; policy accept",
          "ct state vmap { established : accept, related : accept, invalid : drop, new : jump "
          "fresh }\n",
          "chain fresh {\niifname \"uplink0\" tcp dport 6443 drop\niif \"uplink0\" tcp dport "
          "2380 reject with icmpx admin-prohibited\niifname { lo, cni0 } accept\niifname "
          "\"up*\" tcp dport 10250 drop\n}\n"));
  add("native concatenations",
      inet_chain("input priority filter; policy drop",
                 known +
                     "iifname . tcp dport { uplink0 . 6443, cni0 . 2380, uplink0 . 8000-9000 } "
                     "accept\nip daddr . meta l4proto . th dport vmap { 192.0.2.1 . tcp . 179 : "
                     "accept, 192.0.2.1 . udp . 4789 : drop }\n"));
  add("native priorities",
      "table inet early {\nchain a {\ntype filter hook input priority -10; policy accept;\ntcp "
      "dport "
      "6443 accept\ntcp dport 2380 drop\ntcp dport 179 meta mark set 0x7\n}\n}\ntable inet late "
      "{\nchain b {\ntype filter hook input priority 10; policy accept;\ntcp dport 6443 drop\nmeta "
      "mark 0x7 reject\nmeta mark & 0x8 == 0x8 drop\n}\n}\n");
  add("native comparisons",
      inet_chain("input priority filter; policy accept",
                 "ct state established accept\ntcp dport < 180 drop\ntcp dport > 10000 reject\ntcp "
                 "dport 6000-7000 drop\ntcp dport "
                 ">= 9443 drop\nip protocol udp drop\nmeta nfproto ipv6 udp dport 4789 drop\n"));
  add("native families",
      "table ip a {\nchain c {\ntype filter hook input priority 0; policy accept;\nip protocol tcp "
      "tcp "
      "dport 6443 drop\nip saddr 0.0.0.0/0 tcp dport 179 reject\n}\n}\ntable ip6 b {\nchain c "
      "{\ntype "
      "filter hook input priority 0; policy accept;\ntcp dport 2380 drop\nip6 daddr 2001:db8::/32 "
      "tcp "
      "dport 10250 reject\nip6 nexthdr udp drop\n}\n}\n");
  add("native rejects",
      inet_chain("input priority filter; policy accept",
                 "tcp dport 6443 reject with tcp reset\ntcp dport 2380 reject with "
                 "icmpx port-unreachable\ntcp dport 179 reject\nudp dport 4789 "
                 "reject with icmpx host-unreachable\n"));
  add("native prerouting",
      inet_chain("prerouting priority raw; policy accept",
                 "fib daddr type local tcp dport 6443 drop\nfib daddr type != "
                 "local drop\ntcp flags & (fin|syn|rst|ack) == syn tcp dport 179 "
                 "drop\ntcp flags syn tcp dport 8132 drop\n"));
  add("native output",
      inet_chain("output priority filter; policy drop",
                 "oifname lo accept\nct state established,related accept\nmeta l4proto ipv6-icmp "
                 "accept\noifname \"uplink0\" tcp dport 6443 accept\n"));
  add("native forward beside an open iptables",
      inet_chain("forward priority filter; policy drop", "ct state established,related accept\n") +
          "table ip filter {\nchain FORWARD {\ntype filter hook forward priority 0; policy "
          "accept;\n}\n}\n");
  add("what depends on chance or a limit",
      inet_chain("input priority filter; policy accept",
                 "tcp dport 6443 limit rate 1000000/second accept\ntcp dport 6443 limit rate "
                 "1000000/second drop\ntcp dport 179 counter log prefix \"x\" drop\n"));
  add("reverse path filter as firewalld has it",
      inet_chain(
          "prerouting priority mangle + 10; policy accept",
          "icmpv6 type { nd-router-advert, nd-neighbor-solicit } accept\nmeta nfproto ipv6 fib "
          "saddr . mark . iif oif missing drop\n"));
}

/// Chooses.
class Chance {
 public:
  explicit Chance(std::uint32_t seed) : engine_{seed} {}
  std::size_t below(std::size_t limit) { return engine_() % limit; }
  template <class List>
  const auto& one_of(const List& list) {
    return list[below(list.size())];
  }

 private:
  std::mt19937 engine_;
};

constexpr std::array kPorts{"2380", "6443", "179", "10250", "9443", "8132"};

std::string some_condition(Chance& chance) {
  constexpr std::array kNot{"", "! "};
  const std::string no = chance.one_of(kNot);
  const std::string port = chance.one_of(kPorts);
  switch (chance.below(9)) {
    case 0: return "-p tcp -m tcp " + no + "--dport " + port;
    case 1: return "-p tcp -m tcp " + no + "--dport 170:" + port;
    case 2: return "-p tcp -m multiport " + no + "--dports 1:100," + port + ",5000:7000";
    case 3: return no + "-i uplink0";
    case 4: return no + "-i cni+ -p tcp -m tcp --dport " + port;
    case 5: return "-m mark " + no + "--mark 0x4/0x6";
    case 6: return "-m conntrack " + no + "--ctstate NEW -p tcp -m tcp --dport " + port;
    case 7: return no + "-p udp";
    default: return "-p tcp -m tcp ! --syn";
  }
}

std::string some_rules(Chance& chance, const std::string& chain, std::size_t depth) {
  constexpr std::array kVerdicts{"ACCEPT", "DROP", "REJECT", "RETURN", "DROP"};
  std::string text;
  for (std::size_t i = 0; i < 3 + chance.below(3); ++i) {
    text += "-A " + chain + ' ' + some_condition(chance) + ' ';
    if (depth < 2 && chance.below(3) == 0) {
      text += (chance.below(2) == 0 ? "-j C" : "-g C") + std::to_string(depth + 1);
    } else {
      text += std::string{"-j "} + chance.one_of(kVerdicts);
    }
    text += '\n';
  }
  return text;
}

std::string some_iptables(Chance& chance) {
  constexpr std::array kPolicies{"ACCEPT", "DROP"};
  std::string text = "*mangle\n:PREROUTING ACCEPT\n";
  for (std::size_t i = 0; i < 2; ++i)
    text += std::string{"-A PREROUTING -p tcp -m tcp --dport "} + chance.one_of(kPorts) +
            " -j MARK --set-xmark 0x" + std::to_string(1 + chance.below(7)) + "/0x" +
            std::to_string(chance.below(2) == 0 ? 7 : 6) + '\n';
  text += "COMMIT\n*filter\n:INPUT " + std::string{chance.one_of(kPolicies)} +
          "\n:C1 -\n:C2 -\n-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n-A INPUT "
          "-p ipv6-icmp -j ACCEPT\n";
  return text + some_rules(chance, "INPUT", 0) + some_rules(chance, "C1", 1) +
         some_rules(chance, "C2", 2) + "COMMIT\n";
}

std::string some_native_rule(Chance& chance) {
  const std::string port = chance.one_of(kPorts);
  const std::string other = chance.one_of(kPorts);
  switch (chance.below(8)) {
    case 0: return "tcp dport " + port;
    case 1: return "tcp dport != { " + port + ", 5000-7000 }";
    case 2: return "tcp dport { 100-200, 20000-20010, " + (port == "179" ? "6443" : port) + " }";
    case 3: return "iifname \"uplink0\" udp dport 4789";
    case 4: return "meta nfproto ipv6 tcp dport " + port;
    case 5: return "meta mark 0x2";
    case 6: return "tcp dport 1-" + port;
    default: return "ip saddr != 127.0.0.0/8 tcp dport " + other;
  }
}

std::string some_native(Chance& chance) {
  constexpr std::array kPriorities{"-20", "-5", "0", "5", "20"};
  constexpr std::array kActions{"accept", "drop", "reject", "meta mark set 0x2", "return"};
  std::string text;
  for (std::size_t table = 0; table < 2; ++table) {
    text += "table inet t" + std::to_string(table) +
            " {\nchain c {\ntype filter hook input priority " + chance.one_of(kPriorities) +
            "; policy " + (chance.below(3) == 0 ? "drop" : "accept") +
            ";\nct state established,related accept\nmeta l4proto ipv6-icmp accept\n";
    for (std::size_t i = 0; i < 4; ++i)
      text += some_native_rule(chance) + ' ' + chance.one_of(kActions) + '\n';
    text += "}\n}\n";
  }
  return text;
}

/// Chains of the uplink's device, and of another one: below a bond that one would matter.
void add_of_devices(std::vector<PacketRuleset>& all) {
  const auto chain = [](const std::string& hook, const std::string& device,
                        const std::string& rules) {
    return "table netdev d {\nchain c {\ntype filter hook " + hook + " device " + device +
           " priority 0; policy accept;\n" + rules + "}\n}\n";
  };
  all.push_back({"ingress of the uplink",
                 {{kNative, chain("ingress", "uplink0",
                                  "tcp dport { 179, 10250 } drop\nudp dport 4789 drop\n")}}});
  all.push_back({"ingress of the uplink, by address",
                 {{kNative, chain("ingress", "uplink0",
                                  "ip daddr 192.0.2.1 tcp dport 6443 drop\n"
                                  "ip6 daddr 2001:db8::1 tcp dport 2380 drop\n")}}});
  all.push_back({"egress of the uplink",
                 {{kNative, chain("egress", "uplink0", "tcp dport { 6443, 443 } drop\n")}}});
}

}  // namespace

std::vector<PacketRuleset> written_rulesets() {
  std::vector<PacketRuleset> all;
  add_iptables(all);
  add_iptables4(all);
  add_mixed(all);
  add_native(all);
  add_of_devices(all);
  return all;
}

std::vector<PacketRuleset> generated_rulesets() {
  std::vector<PacketRuleset> all;
  for (std::uint32_t seed = 1; seed <= 32; ++seed) {
    Chance chance{seed};
    PacketRuleset ruleset{.name = "generated, seed " + std::to_string(seed)};
    const std::size_t kind = seed % 4;
    const std::string text = some_iptables(chance);
    if (kind == 0 || kind == 2) ruleset.texts = {{kNft4, text}, {kNft6, text}};
    if (kind == 1 || kind == 2) {
      const std::string second = some_iptables(chance);
      ruleset.texts.emplace_back(kLegacy4, second);
      ruleset.texts.emplace_back(kLegacy6, second);
    }
    if (kind == 3 || kind == 0) ruleset.texts.emplace_back(kNative, some_native(chance));
    all.push_back(std::move(ruleset));
  }
  return all;
}

}  // namespace iptmode::kernel
