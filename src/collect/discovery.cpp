// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/discovery.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace iptmode::collect {

namespace {

bool makes_a_node(const ProcessRecord& record, const ProcessPlace& node) {
  const ComponentKind kind = record.match.kind;
  return (kind == ComponentKind::kubelet || kind == ComponentKind::k0s) && record.net_admin &&
         record.place.user == node.user;
}

std::vector<Domain> find_domains(const std::vector<ProcessRecord>& records,
                                 const ProcessPlace& node, pid_t witness) {
  std::map<NamespaceId, pid_t> others;
  for (const ProcessRecord& record : records)
    if (record.place.network != node.network && makes_a_node(record, node))
      others.try_emplace(record.place.network, record.pid);
  std::vector<Domain> domains{{.network = node.network, .witness = witness}};
  for (const auto& [network, pid] : others) domains.push_back({network, pid});
  return domains;
}

ImpostorReason judge(const ProcessRecord& record, const ProcessPlace& node,
                     const std::vector<Domain>& domains) {
  if (std::ranges::find(domains, record.place.network, &Domain::network) == domains.end())
    return ImpostorReason::other_network;
  if (record.place.user != node.user) return ImpostorReason::other_user_namespace;
  return record.net_admin ? ImpostorReason::none : ImpostorReason::no_net_admin;
}

FoundComponent component_of(ProcessRecord record, ImpostorReason impostor) {
  return {.component = {.kind = record.match.kind,
                        .pid = record.pid,
                        .command = std::move(record.match.command),
                        .executable = std::move(record.executable),
                        .network_namespace = record.place.network,
                        .mount_namespace = record.place.mount,
                        .impostor = impostor,
                        .container_id = std::move(record.container.container_id),
                        .pod_uid = std::move(record.container.pod_uid)},
          .arguments = std::move(record.arguments)};
}

}  // namespace

Discovery discover(ProcessScan scan) {
  const ProcessPlace node = scan.node.value_or(ProcessPlace{});
  std::vector<ProcessRecord>& records = scan.records;
  Discovery found{.domains = find_domains(records, node, scan.witness)};
  std::ranges::sort(records, {}, [](const ProcessRecord& record) {
    return std::tuple{record.match.rank, record.pid};
  });
  // An impostor never stands in for a component: the reason is part of what tells places apart.
  std::set<std::tuple<NamespaceId, ComponentKind, NamespaceId, ImpostorReason>> seen;
  for (ProcessRecord& record : records) {
    const ImpostorReason impostor = judge(record, node, found.domains);
    const auto place =
        std::tuple{record.place.network, record.match.kind, record.place.mount, impostor};
    if (seen.insert(place).second)
      found.components.push_back(component_of(std::move(record), impostor));
  }
  std::ranges::sort(found.components, {}, [&](const FoundComponent& entry) {
    const Component& component = entry.component;
    return std::tuple{component.network_namespace != node.network, component.network_namespace,
                      component.kind, component.pid};
  });
  return found;
}

}  // namespace iptmode::collect
