// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/owner.h"

#include <algorithm>
#include <array>

namespace iptmode {
namespace {

constexpr std::array kOwnerNames{
    std::string_view{"kubelet"},  std::string_view{"kube-proxy"}, std::string_view{"kube-router"},
    std::string_view{"felix"},    std::string_view{"cilium"},     std::string_view{"flannel"},
    std::string_view{"antrea"},   std::string_view{"docker"},     std::string_view{"firewalld"},
    std::string_view{"ufw"},      std::string_view{"fail2ban"},   std::string_view{"tailscale"},
    std::string_view{"cni"},      std::string_view{"istio"},      std::string_view{"keepalived"},
    std::string_view{"netavark"}, std::string_view{"libvirt"},
};
static_assert(kOwnerNames.size() == kOwnerCount);

constexpr bool is_one_of(std::string_view text, std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

/// What an owner's rules act on, and so whom they can get in the way of.
enum class Reach : std::uint8_t { cluster, firewall, own_traffic };

constexpr Reach reach_of(Owner owner) {
  switch (owner) {
    case Owner::kubelet:
    case Owner::kube_proxy:
    case Owner::kube_router:
    case Owner::felix:
    case Owner::cilium:
    case Owner::flannel:
    case Owner::antrea:
    case Owner::cni:
    case Owner::istio: return Reach::cluster;
    case Owner::docker:  // sets the policy of FORWARD to DROP
    case Owner::firewalld:
    case Owner::ufw: return Reach::firewall;
    case Owner::fail2ban:  // only drops, and a drop is final in whichever backend it happens
    case Owner::tailscale:
    case Owner::keepalived:
    case Owner::netavark:
    case Owner::libvirt: return Reach::own_traffic;
  }
  return Reach::own_traffic;
}

}  // namespace

std::string_view to_string(Owner owner) noexcept {
  const auto index = static_cast<std::size_t>(owner);
  return index < kOwnerNames.size() ? kOwnerNames.at(index) : "invalid";
}

const std::vector<Owner>& all_owners() {
  static const std::vector<Owner> all = [] {
    std::vector<Owner> owners;
    for (std::size_t i = 0; i < kOwnerCount; ++i) owners.push_back(static_cast<Owner>(i));
    return owners;
  }();
  return all;
}

std::vector<Owner> OwnerSet::members() const {
  std::vector<Owner> found;
  std::copy_if(all_owners().begin(), all_owners().end(), std::back_inserter(found),
               [&](Owner owner) { return contains(owner); });
  return found;
}

std::string to_string(OwnerSet owners) {
  std::string text;
  for (const Owner owner : owners.members()) {
    if (!text.empty()) text += '/';
    text += to_string(owner);
  }
  return text.empty() ? "other" : text;
}

bool is_iptables_nft_table(std::string_view family, std::string_view table) {
  if (family == "ip" || family == "ip6")
    return is_one_of(table, {"filter", "nat", "mangle", "raw", "security"});
  if (family == "bridge") return is_one_of(table, {"filter", "nat", "broute"});
  return family == "arp" && table == "filter";
}

// A packet passes the base chains of both backends. A DROP in either ends it and an ACCEPT in one
// does not spare it the other, so rules in different backends disturb each other where one owner
// relies on coming before another (a firewall that drops what it does not know, and everybody whose
// traffic it sees) or where owners share chains, marks or translations (kubelet, kube-proxy, the
// network plugin and the CNI plugins: KUBE-MARK-MASQ, hostPorts against nodePorts). Owners whose
// rules match only their own traffic may live in different backends. An owner interacts with
// itself: a second copy of its rules is stale sooner or later.
// After the maintainer's comment in kubernetes/node-problem-detector#844.
bool interact(Owner a, Owner b) {
  const Reach reach_a = reach_of(a);
  const Reach reach_b = reach_of(b);
  if (a == b || reach_a == Reach::firewall || reach_b == Reach::firewall) return true;
  return reach_a == Reach::cluster && reach_b == Reach::cluster;
}

}  // namespace iptmode
