// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "iptmode/snapshot.h"
#include "snapshot_io/part.h"

// The host: its settings, firewalls and networks. The keys of each part, see fields.h.
namespace iptmode::snapshot_io {

void describe(auto& archive, PartIs<RulesetFlush> auto& flush) {
  archive("file", flush.file);
  archive("line", flush.line);
  archive("family", flush.family);
}

void describe(auto& archive, PartIs<NftablesService> auto& service) {
  archive("unit", service.unit);
  archive("enabledBy", service.enabled_by);
  archive("atStart", service.at_start);
  archive("atStop", service.at_stop);
}

void describe(auto& archive, PartIs<UfwSettings> auto& ufw) {
  archive("enabled", ufw.enabled);
  archive("forwardPolicy", ufw.forward_policy);
}

void describe(auto& archive, PartIs<HostPort> auto& port) {
  archive("pod", port.pod);
  archive("containerId", port.container_id);
  archive("network", port.network);
  archive("address", port.address);
  archive("port", port.port);
  archive("containerPort", port.container_port);
  archive("protocol", port.protocol);
  archive("running", port.running);
}

void describe(auto& archive, PartIs<HostSettings> auto& settings) {
  archive("nftablesService", settings.nftables_service);
  archive("ufw", settings.ufw);
  archive("hostPorts", settings.host_ports);
}

void describe(auto& archive, PartIs<Gap> auto& gap) {
  archive("subject", gap.subject);
  archive("reason", gap.reason);
  archive("hides", gap.hides);
}

void describe(auto& archive, PartIs<Node> auto& node) {
  archive("hostname", node.hostname);
  archive("kernel", node.kernel);
  archive("osId", node.os_id);
  archive("osVersion", node.os_version);
  archive("role", node.role);
  archive("distribution", node.distribution);
  archive("networkNamespace", node.network_namespace);
}

void describe(auto& archive, PartIs<K0s> auto& k0s) {
  archive("dataDir", k0s.data_dir);
  archive("binDir", k0s.bin_dir);
  archive("foundBy", k0s.found_by);
  archive("mode", k0s.mode);
  archive("version", k0s.version);
  archive("running", k0s.running);
  archive("installation", k0s.installation);
  archive("binMode", k0s.bin_mode);
}

void describe(auto& archive, PartIs<FirewalldSettings> auto& settings) {
  archive("backend", settings.backend);
  archive("flushAllOnReload", settings.flush_all_on_reload);
  archive("nftablesTableOwner", settings.nftables_table_owner);
  archive("defaultZone", settings.default_zone);
}

void describe(auto& archive, PartIs<FirewalldZone> auto& zone) {
  archive("zone", zone.name);
  archive("target", zone.target);
  archive("isDefault", zone.is_default);
  archive("forward", zone.forward);
  archive("masquerade", zone.masquerade);
  archive("interfaces", zone.interfaces);
  archive("sources", zone.sources);
  archive("services", zone.services);
  archive("ports", zone.ports);
  archive("servicePorts", zone.service_ports);
  archive("protocols", zone.protocols);
  archive("richRules", zone.rich_rules);
}

void describe(auto& archive, PartIs<FirewalldPolicy> auto& policy) {
  archive("policy", policy.name);
  archive("target", policy.target);
  archive("masquerade", policy.masquerade);
  archive("ingressZones", policy.ingress_zones);
  archive("egressZones", policy.egress_zones);
}

void describe(auto& archive, PartIs<Firewalld> auto& firewalld) {
  archive("running", firewalld.running);
  archive("pid", firewalld.pid);
  archive("busOwner", firewalld.bus_owner);
  archive("version", firewalld.version);
  archive("file", firewalld.file);
  archive("daemon", firewalld.daemon);
  archive("source", firewalld.source);
  archive("zones", firewalld.zones);
  archive("policies", firewalld.policies);
}

void describe(auto& archive, PartIs<NamedNetwork> auto& network) {
  archive("cidr", network.cidr);
  archive("origin", network.origin);
}

void describe(auto& archive, PartIs<CniNetwork> auto& network) {
  archive("file", network.file);
  archive("network", network.name);
  archive("plugins", network.plugins);
  archive("bridges", network.bridges);
}

void describe(auto& archive, PartIs<NodeNetworks> auto& networks) {
  archive("pods", networks.pods);
  archive("services", networks.services);
  archive("cni", networks.cni);
  archive("encapsulation", networks.encapsulation);
}

void describe(auto& archive, PartIs<HostWriter> auto& writer) {
  archive("kind", writer.kind);
  archive("writer", writer.writer);
  archive("evidence", writer.evidence);
}

}  // namespace iptmode::snapshot_io
