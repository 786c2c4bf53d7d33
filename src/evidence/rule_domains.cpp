// SPDX-License-Identifier: GPL-2.0-or-later
#include "evidence/rule_domains.h"

#include <algorithm>

namespace iptmode::evidence {

namespace {

constexpr pid_t kInit = 1;
constexpr std::size_t kMostDomains = 8;  // nodes in containers; each can fill three items

RuleDomain node_domain(const NetworkState& network) {
  return {.network = &network, .witness = kInit, .folder = "rules/"};
}

RuleDomain other_domain(const NetworkState& network, const Snapshot& snapshot) {
  const std::string id = std::to_string(network.network_namespace);
  RuleDomain domain{
      .network = &network, .folder = "rules/net-" + id + "/", .words = ", network namespace " + id};
  const auto inside = std::ranges::find_if(snapshot.components, [&](const Component& component) {
    return component.network_namespace == network.network_namespace &&
           component.impostor == ImpostorReason::none;
  });
  if (inside == snapshot.components.end()) return domain;
  domain.witness = inside->pid;
  domain.words.append(" (")
      .append(traits(inside->kind).name)
      .append(", pid ")
      .append(std::to_string(inside->pid))
      .append(")");
  return domain;
}

}  // namespace

std::string RuleDomain::path(std::string_view name) const {
  return folder + std::string{name};
}

Result<sys::NetworkNamespaceGuard> RuleDomain::enter(const Sight& sight) const {
  return sys::NetworkNamespaceGuard::enter(sight.proc.fd(), witness, network->network_namespace);
}

void for_each_domain(Sight& sight, std::string_view file,
                     void (*read)(Sight& sight, const RuleDomain& domain)) {
  const Snapshot& snapshot = sight.snapshot;
  read(sight, node_domain(snapshot.network()));
  std::size_t seen = 1;
  for (const NetworkState& network : snapshot.networks) {
    if (network.network_namespace == snapshot.node.network_namespace) continue;
    const RuleDomain domain = other_domain(network, snapshot);
    if (++seen > kMostDomains)
      sight.miss(domain.path(file),
                 "only " + std::to_string(kMostDomains) + " namespaces are read");
    else if (domain.witness == 0)
      sight.miss(domain.path(file), "no process is known in this network namespace");
    else if (sight.left().count() == 0)
      sight.miss(domain.path(file), "the time was over (--timeout)");
    else
      read(sight, domain);
  }
}

}  // namespace iptmode::evidence
