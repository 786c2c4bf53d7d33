// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace iptmode::kernel {

/// What kubelet, kube-proxy, kube-router, felix and flannel leave on a small node, and one rule of
/// somebody else: text for iptables-restore in either backend.
inline const std::string kNodeRules = R"(*mangle
:PREROUTING ACCEPT [0:0]
:KUBE-IPTABLES-HINT - [0:0]
:KUBE-KUBELET-CANARY - [0:0]
:KUBE-PROXY-CANARY - [0:0]
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:KUBE-FIREWALL - [0:0]
:KUBE-FORWARD - [0:0]
:KUBE-ROUTER-FORWARD - [0:0]
:KUBE-POD-FW-ABCDEFGH - [0:0]
:cali-FORWARD - [0:0]
:SOMEBODY - [0:0]
-A INPUT -j KUBE-FIREWALL
-A FORWARD -m comment --comment "kube-router netpol - TEMCG2JMHZYE7H7T" -j KUBE-ROUTER-FORWARD
-A FORWARD -m comment --comment "cali:wUHhoiAYhphO9Mso" -j cali-FORWARD
-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD
-A FORWARD -m comment --comment "cali:S93hcgKJrXEqnTfs" -m mark --mark 0x10000/0x10000 -j ACCEPT
-A FORWARD -p tcp -m tcp --dport 22 -j ACCEPT
-A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -j DROP
-A KUBE-FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT
-A KUBE-FORWARD -s 10.244.0.0/16 -j ACCEPT
-A KUBE-ROUTER-FORWARD -d 10.244.0.7/32 -j KUBE-POD-FW-ABCDEFGH
-A KUBE-POD-FW-ABCDEFGH -j DROP
-A cali-FORWARD -j MARK --set-xmark 0x0/0xe0000
-A SOMEBODY -j cali-FORWARD
-A SOMEBODY -p udp -m udp --sport 1024:65535 -j RETURN
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-POSTROUTING - [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-SVC-NPX46M4PTMTKRN6Y - [0:0]
:KUBE-SEP-KVZMZLXQLXIGRWTY - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
-A POSTROUTING -s 10.244.0.0/16 -m comment --comment "flanneld masq" -j MASQUERADE
-A PREROUTING -p tcp -m tcp --dport 6443 -j REDIRECT --to-ports 6444
-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A KUBE-POSTROUTING -j MASQUERADE
-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m tcp --dport 443 -j KUBE-SVC-NPX46M4PTMTKRN6Y
-A KUBE-SVC-NPX46M4PTMTKRN6Y -j KUBE-SEP-KVZMZLXQLXIGRWTY
-A KUBE-SEP-KVZMZLXQLXIGRWTY -s 192.168.1.2/32 -j KUBE-MARK-MASQ
-A KUBE-SEP-KVZMZLXQLXIGRWTY -p tcp -j DNAT --to-destination 192.168.1.2:6443
COMMIT
)";

/// The IPv6 side: kubelet's canary and a prefix.
inline const std::string kNodeRules6 = R"(*mangle
:KUBE-KUBELET-CANARY - [0:0]
COMMIT
*filter
:cali-INPUT - [0:0]
-A INPUT -j cali-INPUT
-A cali-INPUT -s fd00::/64 -j DROP
COMMIT
)";

}  // namespace iptmode::kernel
