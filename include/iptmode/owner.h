// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace iptmode {

/// A program that writes firewall rules, recognised by the names it gives to chains and tables.
enum class Owner : std::uint8_t {
  kubelet,
  kube_proxy,
  kube_router,
  felix,  ///< Calico's agent, in calico-node
  cilium,
  flannel,
  antrea,
  docker,
  firewalld,
  ufw,
  fail2ban,
  tailscale,
  cni,  ///< the CNI plugins portmap, bridge and firewall
  istio,
  keepalived,
  netavark,  ///< podman
  libvirt,
};
inline constexpr std::size_t kOwnerCount = 17;

/// "kube-proxy"
[[nodiscard]] std::string_view to_string(Owner owner) noexcept;
[[nodiscard]] const std::vector<Owner>& all_owners();

/// The owners that a name can belong to. A name that kubelet and kube-proxy share (KUBE-FIREWALL,
/// KUBE-MARK-MASQ, KUBE-POSTROUTING) has both; a name that nobody here is known for has none.
class OwnerSet {
 public:
  constexpr OwnerSet() = default;
  constexpr OwnerSet(Owner owner)
      : bits_{1U << static_cast<unsigned>(owner)} {}  // NOLINT: a set of one
  constexpr OwnerSet operator|(OwnerSet rhs) const { return OwnerSet{bits_ | rhs.bits_}; }
  [[nodiscard]] constexpr bool contains(Owner owner) const {
    return ((bits_ >> static_cast<unsigned>(owner)) & 1U) != 0;
  }
  [[nodiscard]] constexpr bool intersects(OwnerSet rhs) const { return (bits_ & rhs.bits_) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  [[nodiscard]] std::vector<Owner> members() const;
  auto operator<=>(const OwnerSet&) const = default;

 private:
  constexpr explicit OwnerSet(std::uint32_t bits) : bits_{bits} {}
  std::uint32_t bits_ = 0;
};

/// "kube-proxy", "kubelet/kube-proxy" for a shared name, "other" for the empty set.
[[nodiscard]] std::string to_string(OwnerSet owners);

/// Who gave a name, and by which line of the fingerprint table: "KUBE-SVC-*" or an exact name.
struct Attribution {
  OwnerSet owners = {};
  std::string_view pattern = {};  ///< static storage; empty when nobody is known
  bool operator==(const Attribution&) const = default;
};

/// The writer of a chain in an iptables table (legacy or nft). Exact names come before prefixes,
/// longer prefixes before shorter ones. Built-in chains (INPUT, FORWARD, ...) belong to nobody.
[[nodiscard]] Attribution attribute_chain(std::string_view chain);

/// The writer of a rule's comment ("cali:...", "kube-router netpol", "flanneld masq", ...), for
/// rules in chains that belong to nobody.
[[nodiscard]] Attribution attribute_comment(std::string_view comment);

/// The writer of a native nft table. `family` is as nft prints it: ip, ip6, inet, arp, bridge,
/// netdev.
[[nodiscard]] Attribution attribute_nft_table(std::string_view family, std::string_view table);

/// Whether `family` `table` is one that iptables-nft reads and writes: ip and ip6 with filter, nat,
/// mangle, raw, security; arp filter; bridge filter, nat, broute (xtables-nft-multi's ebtables,
/// arptables).
[[nodiscard]] bool is_iptables_nft_table(std::string_view family, std::string_view table);

/// Whether rules of `a` and `b` act on the same packets and rely on each other's order: kubelet,
/// kube-proxy, the network plugin, CNI plugins and firewalls do; two owners that only serve their
/// own traffic (libvirt's bridge, podman's, tailscale's) do not interact with anybody but
/// firewalls.
[[nodiscard]] bool interact(Owner a, Owner b);

}  // namespace iptmode
