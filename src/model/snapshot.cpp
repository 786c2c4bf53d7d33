// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/snapshot.h"

#include <algorithm>

namespace iptmode {
namespace {

/// A native table of the owner's own that holds something. Tables of the arp family do not count:
/// felix keeps `arp calico-arp` whichever backend its rules are in.
bool has_native_table(const NetworkState& state, OwnerSet owner) {
  if (!state.nft) return false;
  return std::any_of(state.nft->begin(), state.nft->end(), [&](const NftTable& table) {
    return !table.compat && table.family != "arp" && table.table_owner == owner &&
           (table.chains > 0 || table.rules > 0);
  });
}

bool is_effective_in(const NetworkState& state, OwnerSet owner, Backend backend) {
  const OwnerUse use = state.use_of(owner, backend);
  if (use.chains > 0 || use.rules > 0) return true;
  return backend == Backend::nf_tables && has_native_table(state, owner);
}

}  // namespace

std::string_view to_string(Fact fact) noexcept {
  switch (fact) {
    case Fact::processes: return "processes";
    case Fact::k0s: return "k0s";
    case Fact::host_iptables: return "hostIptables";
    case Fact::installations: return "installations";
    case Fact::declared: return "declared";
    case Fact::legacy_rules: return "legacyRules";
    case Fact::nft_rules: return "nftRules";
    case Fact::kernel_support: return "kernelSupport";
    case Fact::host_settings: return "hostSettings";
    case Fact::firewalld: return "firewalld";
    case Fact::node_networks: return "nodeNetworks";
    case Fact::host_writers: return "hostWriters";
    case Fact::listeners: return "listeners";
    case Fact::packet_path: return "packetPath";
  }
  return "invalid";
}

std::string_view to_string(NodeRole role) noexcept {
  switch (role) {
    case NodeRole::none: return "none";
    case NodeRole::worker: return "worker";
    case NodeRole::controller: return "controller";
    case NodeRole::controller_worker: return "controllerWorker";
  }
  return "invalid";
}

std::string_view to_string(Distribution distribution) noexcept {
  switch (distribution) {
    case Distribution::none: return "none";
    case Distribution::k0s: return "k0s";
    case Distribution::embedded_cluster: return "embeddedCluster";
  }
  return "invalid";
}

const NetworkState& Snapshot::network() const {
  static const NetworkState not_read;
  const NetworkState* own = network_of(node.network_namespace);
  return own != nullptr ? *own : not_read;
}

const NetworkState* Snapshot::network_of(NamespaceId id) const {
  const auto found = std::find_if(networks.begin(), networks.end(), [&](const NetworkState& state) {
    return state.network_namespace == id;
  });
  return found != networks.end() ? &*found : nullptr;
}

std::vector<Backend> effective_backends(const Component& component, const Snapshot& snapshot) {
  const OwnerSet owner = traits(component.kind).owner;
  const NetworkState* state = snapshot.network_of(component.network_namespace);
  if (owner.empty() || state == nullptr) return {};

  std::vector<Backend> found;
  for (const Backend backend : kAllBackends)
    if (is_effective_in(*state, owner, backend)) found.push_back(backend);
  return found;
}

}  // namespace iptmode
