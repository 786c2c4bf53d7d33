// SPDX-License-Identifier: GPL-2.0-or-later
//
// The names by which the writers of firewall rules are known. A chain or a table that stands in no
// row belongs to nobody: an unknown KUBE- name is not guessed to be kube-proxy's, because kubelet,
// kube-router and CRI-O use that prefix as well.
#include <algorithm>
#include <array>

#include "iptmode/owner.h"

namespace iptmode {
namespace {

enum class Match : std::uint8_t {
  prefix,  ///< "KUBE-SVC-*"
  hash,    ///< "CNI-<hash>": after the prefix nothing but hexadecimal digits, eight at least
  exact,
};

/// One fingerprint. `pattern` is what reports print; the text before its '*' or '<' is compared.
struct Row {
  OwnerSet owners = {};
  std::string_view pattern = {};

  [[nodiscard]] constexpr Match match() const {
    if (pattern.ends_with('*')) return Match::prefix;
    return pattern.ends_with("<hash>") ? Match::hash : Match::exact;
  }
  [[nodiscard]] constexpr std::string_view text() const {
    return pattern.substr(0, pattern.find_first_of("*<"));
  }
};

constexpr OwnerSet kKubeletOrProxy = OwnerSet{Owner::kubelet} | Owner::kube_proxy;

constexpr std::array kChainRows{
    // kubernetes: pkg/kubelet/kubelet_network_linux.go. Up to 1.27 kubelet wrote the marks as well
    // (KEP-3178), and kube-proxy still does.
    Row{Owner::kubelet, "KUBE-IPTABLES-HINT"},
    Row{Owner::kubelet, "KUBE-KUBELET-CANARY"},
    Row{kKubeletOrProxy, "KUBE-FIREWALL"},
    Row{kKubeletOrProxy, "KUBE-MARK-DROP"},
    Row{kKubeletOrProxy, "KUBE-MARK-MASQ"},
    Row{kKubeletOrProxy, "KUBE-POSTROUTING"},
    // kubernetes: pkg/proxy/iptables/proxier.go
    Row{Owner::kube_proxy, "KUBE-PROXY-CANARY"},
    Row{Owner::kube_proxy, "KUBE-SERVICES"},
    Row{Owner::kube_proxy, "KUBE-EXTERNAL-SERVICES"},
    Row{Owner::kube_proxy, "KUBE-NODEPORTS"},
    Row{Owner::kube_proxy, "KUBE-FORWARD"},
    Row{Owner::kube_proxy, "KUBE-PROXY-FIREWALL"},
    Row{Owner::kube_proxy, "KUBE-SVC-*"},
    Row{Owner::kube_proxy, "KUBE-SEP-*"},
    Row{Owner::kube_proxy, "KUBE-EXT-*"},
    Row{Owner::kube_proxy, "KUBE-FW-*"},
    Row{Owner::kube_proxy, "KUBE-SVL-*"},
    Row{Owner::kube_proxy, "KUBE-XLB-*"},
    // kubernetes: pkg/proxy/ipvs/proxier.go
    Row{Owner::kube_proxy, "KUBE-NODE-PORT"},
    Row{Owner::kube_proxy, "KUBE-LOAD-BALANCER"},
    Row{Owner::kube_proxy, "KUBE-SOURCE-RANGES-FIREWALL"},
    Row{Owner::kube_proxy, "KUBE-IPVS-FILTER"},
    Row{Owner::kube_proxy, "KUBE-IPVS-OUT-FILTER"},
    // kubernetes up to 1.25: pkg/proxy/userspace/proxier.go
    Row{Owner::kube_proxy, "KUBE-PORTALS-CONTAINER"},
    Row{Owner::kube_proxy, "KUBE-PORTALS-HOST"},
    Row{Owner::kube_proxy, "KUBE-NODEPORT-CONTAINER"},
    Row{Owner::kube_proxy, "KUBE-NODEPORT-HOST"},
    Row{Owner::kube_proxy, "KUBE-NODEPORT-NON-LOCAL"},
    // kube-router: pkg/controllers/netpol, pkg/controllers/proxy
    Row{Owner::kube_router, "KUBE-ROUTER-*"},
    Row{Owner::kube_router, "KUBE-NWPLCY-*"},
    Row{Owner::kube_router, "KUBE-POD-FW-*"},
    // calico: felix/rules/rule_defs.go, with its historic names
    Row{Owner::felix, "cali-*"},
    Row{Owner::felix, "felix-*"},
    Row{Owner::felix, "calico-dhcp-*"},
    Row{Owner::cilium, "CILIUM_*"},
    Row{Owner::cilium, "OLD_CILIUM_*"},
    Row{Owner::flannel, "FLANNEL-FWD"},
    Row{Owner::flannel, "FLANNEL-POSTRTG"},
    Row{Owner::antrea, "ANTREA-POL-*"},
    Row{Owner::antrea, "ANTREA-*"},
    // moby: daemon/libnetwork; the two with an underscore serve DNS inside a container, where a
    // node of kind has them
    Row{Owner::docker, "DOCKER"},
    Row{Owner::docker, "DOCKER-ISOLATION-STAGE-*"},
    Row{Owner::docker, "DOCKER-*"},
    Row{Owner::docker, "DOCKER_OUTPUT"},
    Row{Owner::docker, "DOCKER_POSTROUTING"},
    // firewalld with FirewallBackend=iptables: src/firewall/core/ipXtables.py
    Row{Owner::firewalld, "INPUT_direct"},
    Row{Owner::firewalld, "OUTPUT_direct"},
    Row{Owner::firewalld, "FORWARD_direct"},
    Row{Owner::firewalld, "PREROUTING_direct"},
    Row{Owner::firewalld, "POSTROUTING_direct"},
    Row{Owner::firewalld, "INPUT_ZONES*"},
    Row{Owner::firewalld, "FORWARD_ZONES*"},
    Row{Owner::firewalld, "FORWARD_IN_ZONES*"},
    Row{Owner::firewalld, "FORWARD_OUT_ZONES*"},
    Row{Owner::firewalld, "PREROUTING_ZONES*"},
    Row{Owner::firewalld, "POSTROUTING_ZONES*"},
    Row{Owner::firewalld, "INPUT_POLICIES_*"},
    Row{Owner::firewalld, "OUTPUT_POLICIES_*"},
    Row{Owner::firewalld, "FORWARD_POLICIES_*"},
    Row{Owner::firewalld, "PREROUTING_POLICIES_*"},
    Row{Owner::firewalld, "POSTROUTING_POLICIES_*"},
    Row{Owner::firewalld, "INPUT_dispatch"},
    Row{Owner::firewalld, "OUTPUT_dispatch"},
    Row{Owner::firewalld, "FORWARD_dispatch"},
    Row{Owner::firewalld, "PREROUTING_dispatch"},
    Row{Owner::firewalld, "POSTROUTING_dispatch"},
    Row{Owner::firewalld, "INPUT_dnat"},
    Row{Owner::firewalld, "OUTPUT_dnat"},
    Row{Owner::firewalld, "FORWARD_dnat"},
    Row{Owner::firewalld, "IN_*"},
    Row{Owner::firewalld, "OUT_*"},
    Row{Owner::firewalld, "FWD_*"},
    Row{Owner::firewalld, "FWDI_*"},
    Row{Owner::firewalld, "FWDO_*"},
    Row{Owner::firewalld, "PRE_*"},
    Row{Owner::firewalld, "POST_*"},
    Row{Owner::ufw, "ufw-*"},
    Row{Owner::ufw, "ufw6-*"},
    Row{Owner::fail2ban, "f2b-*"},
    Row{Owner::fail2ban, "fail2ban-*"},
    Row{Owner::tailscale, "ts-input"},
    Row{Owner::tailscale, "ts-forward"},
    Row{Owner::tailscale, "ts-postrouting"},
    // containernetworking/plugins: portmap, firewall, and pkg/utils/utils.go for the hash
    Row{Owner::cni, "CNI-HOSTPORT-*"},
    Row{Owner::cni, "CNI-DN-*"},
    Row{Owner::cni, "CNI-SN-*"},
    Row{Owner::cni, "CNI-FORWARD"},
    Row{Owner::cni, "CNI-ADMIN"},
    Row{Owner::cni, "CNI-ISOLATION-STAGE-*"},
    Row{Owner::cni, "CNI-<hash>"},
    Row{Owner::istio, "ISTIO_*"},
    // netavark: src/firewall/varktables/types.rs
    Row{Owner::netavark, "NETAVARK_FORWARD"},
    Row{Owner::netavark, "NETAVARK_INPUT"},
    Row{Owner::netavark, "NETAVARK_ISOLATION_*"},
    Row{Owner::netavark, "NETAVARK-HOSTPORT-*"},
    Row{Owner::netavark, "NETAVARK-DN-*"},
    Row{Owner::netavark, "NETAVARK-<hash>"},
    Row{Owner::libvirt, "LIBVIRT_*"},
};

constexpr std::array kCommentRows{
    Row{Owner::felix, "cali:*"},
    Row{Owner::kube_router, "kube-router *"},
    // kube-router: pkg/controllers/routing/network_routes_controller.go, enableForwarding()
    Row{Owner::kube_router, "allow inbound traffic to pods"},
    Row{Owner::kube_router, "allow outbound traffic from pods"},
    Row{Owner::kube_router, "allow outbound node port traffic on node interface *"},
    Row{Owner::flannel, "flanneld *"},
    Row{Owner::cilium, "cilium-feeder:*"},
    Row{Owner::cilium, "cilium:*"},
    Row{Owner::antrea, "Antrea: *"},
    Row{Owner::cni, "CNI portfwd *"},
    Row{Owner::cni, "CNI firewall plugin *"},
    Row{Owner::netavark, "netavark *"},
};

/// A native table: `families` is a list of words, empty for any family.
struct TableRow {
  Row row = {};
  std::string_view families = {};
};

constexpr std::array kTableRows{
    TableRow{{Owner::kube_proxy, "kube-proxy"}, "ip ip6"},
    TableRow{{Owner::kube_router, "kube-router-filter-ipv4"}, "ip"},
    TableRow{{Owner::kube_router, "kube-router-filter-ipv6"}, "ip6"},
    TableRow{{Owner::felix, "calico"}, "ip ip6"},
    TableRow{{Owner::felix, "calico-arp"}, "arp"},  // there in every mode of felix
    TableRow{{Owner::flannel, "flannel-ipv4"}, "ip"},
    TableRow{{Owner::flannel, "flannel-ipv6"}, "ip6"},
    TableRow{{Owner::antrea, "antrea"}, ""},
    TableRow{{Owner::docker, "docker-bridges"}, "ip ip6"},
    TableRow{{Owner::docker, "docker-overlay"}, "ip ip6"},
    TableRow{{Owner::firewalld, "firewalld"}, "inet ip ip6"},  // ip, ip6: nat before Linux 5.2
    TableRow{{Owner::firewalld, "firewalld_policy_drop"}, ""},
    TableRow{{Owner::fail2ban, "f2b-table"}, "inet"},
    TableRow{{Owner::cni, "cni_hostport"}, ""},
    TableRow{{Owner::cni, "cni_plugins_masquerade"}, ""},
    TableRow{{Owner::istio, "istio-ambient-*"}, ""},
    TableRow{{Owner::istio, "istio-proxy-*"}, ""},
    TableRow{{Owner::keepalived, "keepalived"}, ""},
    TableRow{{Owner::keepalived, "keepalived_ipvs"}, ""},
    TableRow{{Owner::netavark, "netavark"}, "inet"},
    TableRow{{Owner::libvirt, "libvirt_network"}, "ip ip6"},
};

constexpr bool is_hash(std::string_view text) {
  constexpr std::size_t kShortest = 8;  // netavark writes 13 digits, the CNI plugins 24
  return text.size() >= kShortest && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
         });
}

/// The first eight bytes as a number. Nearly all fingerprints differ there, so that one comparison
/// of numbers turns a row away.
constexpr std::uint64_t head_of(std::string_view text) {
  std::uint64_t head = 0;
  for (std::size_t i = 0; i < sizeof head; ++i)
    head = (head << 8U) | (i < text.size() ? static_cast<unsigned char>(text[i]) : 0U);
  return head;
}

/// A row taken apart once, because rows are compared a million times on a large node.
struct Entry {
  Row row = {};
  std::string_view text = {};
  Match match = Match::exact;
  std::uint64_t head = 0;
  std::uint64_t mask = 0;  ///< the bytes of `head` that `text` fills

  constexpr Entry() = default;
  constexpr explicit Entry(const Row& from)
      : row{from}, text{from.text()}, match{from.match()}, head{head_of(text)} {
    constexpr std::string_view kFull = "\xff\xff\xff\xff\xff\xff\xff\xff";
    mask = head_of(kFull.substr(0, text.size()));
  }

  [[nodiscard]] constexpr bool fits(std::string_view name) const {
    switch (match) {
      case Match::exact: return name == text;
      case Match::prefix: return name.starts_with(text);
      case Match::hash: return name.starts_with(text) && is_hash(name.substr(text.size()));
    }
    return false;
  }
};

/// Rows in the order in which they are tried, cut by first byte: an attribution looks at the few
/// rows that share the name's first letter. Everything is laid out by the compiler.
template <std::size_t N>
class Index {
 public:
  constexpr explicit Index(const std::array<Row, N>& rows) {
    std::transform(rows.begin(), rows.end(), entries_.begin(),
                   [](const Row& row) { return Entry{row}; });
    std::sort(entries_.begin(), entries_.end(), tried_before);
    first_.fill(N);
    for (std::size_t i = N; i > 0; --i) first_[byte_of(entries_[i - 1].text)] = i - 1;
  }

  [[nodiscard]] constexpr const Row* find(std::string_view name) const {
    if (name.empty()) return nullptr;
    const std::uint64_t head = head_of(name);
    for (std::size_t i = first_[byte_of(name)]; i < N; ++i) {
      const Entry& entry = entries_[i];
      if (entry.text.front() != name.front()) return nullptr;
      if ((head & entry.mask) == entry.head && entry.fits(name)) return &entry.row;
    }
    return nullptr;
  }

 private:
  static constexpr unsigned char byte_of(std::string_view text) {
    return static_cast<unsigned char>(text.front());
  }
  /// Exact names before hashes and prefixes, longer texts before shorter ones.
  static constexpr bool tried_before(const Entry& a, const Entry& b) {
    if (a.text.front() != b.text.front()) return byte_of(a.text) < byte_of(b.text);
    if ((a.match == Match::exact) != (b.match == Match::exact)) return a.match == Match::exact;
    return a.text.size() > b.text.size();
  }

  std::array<Entry, N> entries_ = {};
  std::array<std::size_t, 256> first_ = {};
};

template <std::size_t N>
constexpr Attribution attribution(const Index<N>& index, std::string_view name) {
  const Row* row = index.find(name);
  return row != nullptr ? Attribution{.owners = row->owners, .pattern = row->pattern}
                        : Attribution{};
}

constexpr Index kChains{kChainRows};
constexpr Index kComments{kCommentRows};

constexpr bool lists_word(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const std::string_view first = list.substr(0, list.find(' '));
    if (first == word) return true;
    list.remove_prefix(std::min(first.size() + 1, list.size()));
  }
  return false;
}

}  // namespace

Attribution attribute_chain(std::string_view chain) {
  return attribution(kChains, chain);
}

Attribution attribute_comment(std::string_view comment) {
  return attribution(kComments, comment);
}

Attribution attribute_nft_table(std::string_view family, std::string_view table) {
  for (const auto& [row, families] : kTableRows)
    if (Entry{row}.fits(table) && (families.empty() || lists_word(families, family)))
      return {.owners = row.owners, .pattern = row.pattern};
  return {};
}

}  // namespace iptmode
