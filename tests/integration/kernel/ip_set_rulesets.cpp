// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet_rulesets.h"

namespace iptmode::kernel {
namespace {

// The lab's node is 192.0.2.1 and 2001:db8::1.
constexpr const char* kSets4 =
    "create own hash:ip\nadd own 192.0.2.1\nadd own 198.51.100.7\n"
    "create nets hash:net\nadd nets 192.0.2.0/24\nadd nets 203.0.113.0/25\n"
    "create elsewhere bitmap:ip range 10.0.0.0/24\nadd elsewhere 10.0.0.7\n"
    "create nobody hash:net\n"
    "create all hash:net\nadd all 0.0.0.0/1\nadd all 128.0.0.0/1\n";
constexpr const char* kSets6 =
    "create own hash:ip family inet6\nadd own 2001:db8::1\n"
    "create nets hash:net family inet6\nadd nets 2001:db8::/32\n"
    "create elsewhere hash:net family inet6\nadd elsewhere fd00::/8\n"
    "create nobody hash:ip family inet6\n"
    "create all hash:net family inet6\nadd all ::/1\nadd all 8000::/1\n";
// Members under a mask of their own, with an exception, and with a second dimension: not told.
constexpr const char* kOpaque =
    "create own hash:ip netmask 24\nadd own 192.0.2.0\n"
    "create nets hash:net\nadd nets 192.0.2.0/24\nadd nets 192.0.2.1 nomatch\n"
    "create elsewhere hash:ip,port\nadd elsewhere 192.0.2.1,tcp:8132\n"
    "create nobody hash:net\n"
    "create all hash:net\nadd all 0.0.0.0/1\nadd all 128.0.0.0/1\n";

constexpr const char* kRules =
    "*filter\n:INPUT ACCEPT\n-A INPUT -p ipv6-icmp -j ACCEPT\n"
    "-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT\n"
    "-A INPUT -p tcp -m tcp --dport 6443 -m set --match-set own dst -j DROP\n"
    "-A INPUT -p tcp -m tcp --dport 179 -m set ! --match-set nets dst -j DROP\n"
    "-A INPUT -p udp -m udp --dport 4789 -m set --match-set nobody src -j ACCEPT\n"
    "-A INPUT -p udp -m udp --dport 4789 -j DROP\n"
    "-A INPUT -p tcp -m tcp --dport 9443 -m set --match-set all src -j REJECT\n"
    "-A INPUT -p tcp -m tcp --dport 10250 -m set ! --match-set nets dst -m set --match-set all src "
    "-j DROP\n";

std::string filter(const std::string& more) {
  return kRules + more + "COMMIT\n";
}

}  // namespace

std::vector<PacketRuleset> ip_set_rulesets() {
  const std::string plain = filter(
      "-A INPUT -p tcp -m tcp --dport 8132 -m set --match-set elsewhere dst -j DROP\n"
      "-A INPUT -p tcp -m tcp --dport 2380 -m set ! --match-set elsewhere dst -j DROP\n");
  const std::string with_ports =
      filter("-A INPUT -p tcp -m tcp --dport 8132 -m set --match-set elsewhere dst,dst -j DROP\n");
  constexpr const char* kRestore = "ipset restore";
  return {{"ipsets, nft", {{kRestore, kSets4}, {kNft4, plain}}},
          {"ipsets, legacy", {{kRestore, kSets4}, {kLegacy4, plain}}},
          {"ipsets of IPv6, nft", {{kRestore, kSets6}, {kNft6, plain}}},
          {"ipsets of IPv6, legacy", {{kRestore, kSets6}, {kLegacy6, plain}}},
          {"ipsets that do not tell, nft", {{kRestore, kOpaque}, {kNft4, with_ports}}},
          {"ipsets that do not tell, legacy", {{kRestore, kOpaque}, {kLegacy4, with_ports}}}};
}

}  // namespace iptmode::kernel
