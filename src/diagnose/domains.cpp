// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnose/domains.h"

#include <algorithm>
#include <set>

namespace iptmode::checks {
namespace {

const NetworkState& unread_network() {
  static const NetworkState unread{};
  return unread;
}

Domain domain_of(NamespaceId id, const Snapshot& snapshot) {
  const NetworkState* const network = snapshot.network_of(id);
  Domain domain{.network = network == nullptr ? &unread_network() : network,
                .is_node = id == snapshot.node.network_namespace};
  for (const Component* component : members_of(snapshot))
    if (component->network_namespace == id) domain.components.push_back(component);
  return domain;
}

}  // namespace

const Component* Domain::find(ComponentKind kind) const {
  const auto found = std::ranges::find(components, kind, &Component::kind);
  return found == components.end() ? nullptr : *found;
}

bool Domain::runs_kubernetes() const {
  return std::ranges::any_of(
      components, [](const Component* component) { return traits(component->kind).kubernetes; });
}

std::vector<Domain> domains_of(const Snapshot& snapshot) {
  std::set<NamespaceId> others;
  for (const NetworkState& network : snapshot.networks) others.insert(network.network_namespace);
  for (const Component* component : members_of(snapshot))
    others.insert(component->network_namespace);
  others.erase(snapshot.node.network_namespace);

  std::vector<Domain> domains{domain_of(snapshot.node.network_namespace, snapshot)};
  for (const NamespaceId id : others) domains.push_back(domain_of(id, snapshot));
  return domains;
}

std::vector<const Component*> members_of(const Snapshot& snapshot) {
  std::vector<const Component*> members;
  for (const Component& component : snapshot.components)
    if (component.impostor == ImpostorReason::none) members.push_back(&component);
  return members;
}

const NetworkState& network_of(const Component& component, const Snapshot& snapshot) {
  const NetworkState* const network = snapshot.network_of(component.network_namespace);
  return network == nullptr ? unread_network() : *network;
}

}  // namespace iptmode::checks
