// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <concepts>
#include <type_traits>

#include "iptmode/snapshot.h"

// The keys of every part of a snapshot, once for writing and reading: `archive(key, member)` is
// called for each in the order of the file. A member that is missing here is lost in the file; the
// round trip in the tests fills every one.
namespace iptmode::snapshot_io {

/// Marks a member that holds bytes of the kernel's own: they are written as hexadecimal digits.
template <class Member>
struct Bytes {
  Member& member;
};
template <class Member>
Bytes(Member&) -> Bytes<Member>;

/// Marks a member that snapshots of an earlier iptmode do not have: its key may be missing.
template <class Member>
struct Later {
  Member& member;
};
template <class Member>
Later(Member&) -> Later<Member>;

template <class T, class Part>
concept PartIs = std::same_as<std::remove_const_t<T>, Part>;

void describe(auto& archive, PartIs<Identity> auto& identity) {
  archive("backend", identity.backend);
  archive("version", identity.version);
}

void describe(auto& archive, PartIs<Program> auto& program) {
  archive("program", program.name);
  archive("path", program.path);
  archive("chain", program.chain);
  archive("form", program.form);
  archive("byFile", program.by_file);
  archive("nftVersion", program.nft_version);
  archive("byRun", program.by_run);
  archive("runProblem", program.run_problem);
  archive("problem", program.problem);
  archive("device", program.device);
  archive("inode", program.inode);
  archive("mode", program.mode);
}

void describe(auto& archive, PartIs<Installation> auto& place) {
  archive("searchPath", place.search_path);
  archive("programs", place.programs);
  archive("multis", place.multis);
  archive("libraries", Later{place.libraries});
  archive("wrapperPresent", place.wrapper_present);
}

void describe(auto& archive, PartIs<Declared> auto& declared) {
  archive("mode", declared.mode);
  archive("backend", declared.backend);
  archive("nativeNft", declared.native_nft);
  archive("settings", declared.settings);
}

void describe(auto& archive, PartIs<Component> auto& component) {
  archive("component", component.kind);
  archive("pid", component.pid);
  archive("command", component.command);
  archive("executable", component.executable);
  archive("networkNamespace", component.network_namespace);
  archive("mountNamespace", component.mount_namespace);
  archive("impostor", component.impostor);
  archive("containerId", component.container_id);
  archive("podUid", component.pod_uid);
  archive("declared", component.declared);
  archive("installation", component.installation);
}

void describe(auto& archive, PartIs<OwnerUse> auto& use) {
  archive("owners", use.owners);
  archive("chains", use.chains);
  archive("rules", use.rules);
  archive("translations", use.translations);
  archive("patterns", use.patterns);
}

void describe(auto& archive, PartIs<BaseChain> auto& base) {
  archive("chain", base.name);
  archive("type", base.type);
  archive("hook", base.hook);
  archive("priority", base.priority);
  archive("policy", base.policy);
  archive("rules", base.rules);
}

void describe(auto& archive, PartIs<Encodings> auto& encodings) {
  archive("shortPrefix", encodings.short_prefix);
  archive("maskedPrefix", encodings.masked_prefix);
  archive("nativeMark", encodings.native_mark);
  archive("nativePort", encodings.native_port);
  archive("nativeRange", encodings.native_range);
  archive("nativeLog", encodings.native_log);
  archive("xtMarkOrPort", encodings.xt_mark_or_port);
}

void describe(auto& archive, PartIs<RepeatedRule> auto& repeated) {
  archive("chain", repeated.chain);
  archive("owners", repeated.owners);
  archive("copies", repeated.copies);
  archive("rule", repeated.rule);
}

void describe(auto& archive, PartIs<LegacyTable> auto& table) {
  archive("family", table.family);
  archive("table", table.name);
  archive("chains", table.chains);
  archive("rules", table.rules);
  archive("baseChains", table.base_chains);
  archive("owners", table.owners);
  archive("repeated", table.repeated);
  archive("hostPorts", table.host_ports);
}

void describe(auto& archive, PartIs<Interval> auto& interval) {
  archive("low", Bytes{interval.low});
  archive("high", Bytes{interval.high});
}

void describe(auto& archive, PartIs<Condition> auto& condition) {
  archive("field", condition.field);
  archive("negated", condition.negated);
  archive("prefix", condition.prefix);
  archive("mask", Bytes{condition.mask});
  archive("anyOf", condition.any_of);
  archive("extension", condition.name);
  archive("arguments", condition.arguments);
  archive("decoded", condition.decoded);
}

void describe(auto& archive, PartIs<Action> auto& action) {
  archive("kind", action.kind);
  archive("chain", action.chain);
  archive("target", action.name);
  archive("arguments", action.arguments);
  archive("clear", action.clear);
  archive("change", action.change);
  archive("decoded", action.decoded);
}

void describe(auto& archive, PartIs<Rule> auto& rule) {
  archive("conditions", rule.conditions);
  archive("action", rule.action);
  archive("comment", rule.comment);
}

void describe(auto& archive, PartIs<IpSet> auto& set) {
  archive("index", set.index);
  archive("set", set.name);
  archive("type", set.type);
  archive("revision", set.revision);
  archive("family", set.family);
}

void describe(auto& archive, PartIs<RuleShape> auto& shape) {
  archive("chain", shape.chain);
  archive("baseChain", shape.base_chain);
  archive("owners", shape.owners);
  archive("rules", shape.rules);
  archive("expressions", Bytes{shape.expressions});
  archive("userData", Bytes{shape.user_data});
  archive("sets", Bytes{shape.sets});
  archive("ipSets", shape.ip_sets);
  archive("rule", shape.rule);
  archive("native", shape.native);
}

void describe(auto& archive, PartIs<NftTable> auto& table) {
  archive("family", table.family);
  archive("table", table.name);
  archive("compat", table.compat);
  archive("tableOwner", table.table_owner);
  archive("chains", table.chains);
  archive("rules", table.rules);
  archive("baseChains", table.base_chains);
  archive("owners", table.owners);
  archive("encodings", table.encodings);
  archive("shapes", table.shapes);
  archive("unshapedRules", table.unshaped_rules);
  archive("repeated", table.repeated);
  archive("hostPorts", table.host_ports);
  archive("describedSets", table.described_sets);
  archive("describedSet", table.described_set);
}

void describe(auto& archive, PartIs<HintChains> auto& chains) {
  archive("iptablesHint", chains.ipt_hint);
  archive("kubeletCanary", chains.canary);
}

void describe(auto& archive, PartIs<std::array<HintChains, 2>> auto& families) {
  archive("ipv4", families[static_cast<std::size_t>(IpFamily::ipv4)]);
  archive("ipv6", families[static_cast<std::size_t>(IpFamily::ipv6)]);
}

void describe(auto& archive, PartIs<Libnftables> auto& libnftables) {
  archive("outcome", libnftables.outcome);
  archive("detail", libnftables.detail);
}

void describe(auto& archive, PartIs<NetworkLink> auto& link) {
  archive("link", link.name);
  archive("kind", link.kind);
  archive("up", link.up);
  archive("addresses", link.addresses);
  archive("port", link.port);
}

void describe(auto& archive, PartIs<NetworkRoute> auto& route) {
  archive("destination", route.destination);
  archive("gateway", route.gateway);
  archive("link", route.link);
}

void describe(auto& archive, PartIs<DefaultRoute> auto& route) {
  archive("family", route.family);
  archive("metric", route.metric);
  archive("link", route.link);
  archive("gateway", route.gateway);
}

void describe(auto& archive, PartIs<Listener> auto& listener) {
  archive("protocol", listener.protocol);
  archive("port", listener.port);
  archive("address", listener.address);
}

void describe(auto& archive, PartIs<Doors> auto& doors) {
  archive("defaultRoutes", doors.default_routes);
  archive("listeners", doors.listeners);
}

void describe(auto& archive, PartIs<Packet> auto& packet) {
  archive("way", packet.way);
  archive("family", packet.family);
  archive("protocol", packet.protocol);
  archive("source", packet.source);
  archive("destination", packet.destination);
  archive("destinationPort", packet.destination_port);
  archive("inInterfaces", packet.in_interfaces);
  archive("outInterfaces", packet.out_interfaces);
}

void describe(auto& archive, PartIs<PacketQuestion> auto& question) {
  archive("question", question.id);
  archive("packet", question.packet);
}

void describe(auto& archive, PartIs<PlacedRule> auto& placed) {
  archive("number", placed.number);
  archive("rule", placed.rule);
}

void describe(auto& archive, PartIs<PathChain> auto& chain) {
  archive("chain", chain.name);
  archive("base", chain.base);
  archive("rules", chain.rules);
  archive("cut", chain.cut);
}

void describe(auto& archive, PartIs<PathTable> auto& table) {
  archive("backend", table.backend);
  archive("family", table.family);
  archive("table", table.name);
  archive("chains", table.chains);
}

void describe(auto& archive, PartIs<TranslatedPacket> auto& translated) {
  archive("question", translated.question);
  archive("action", translated.action);
  archive("packet", translated.packet);
}

void describe(auto& archive, PartIs<PacketPath> auto& path) {
  archive("questions", path.questions);
  archive("translated", Later{path.translated});
  archive("tables", path.tables);
}

void describe(auto& archive, PartIs<NetworkState> auto& state) {
  archive("networkNamespace", state.network_namespace);
  archive("legacy", state.legacy);
  archive("nft", state.nft);
  archive("generation", state.generation);
  archive("hints", state.hints);
  archive("libnftables", state.libnftables);
  archive("links", state.links);
  archive("tunnelRoutes", state.tunnel_routes);
  archive("doors", state.doors);
  archive("packetPath", state.packet_path);
}

void describe(auto& archive, PartIs<KernelExtension> auto& extension) {
  archive("module", extension.module);
  archive("support", extension.support);
  archive("evidence", extension.evidence);
}

void describe(auto& archive, PartIs<KernelSupport> auto& support) {
  archive("legacy", support.legacy);
  archive("nft", support.nft);
  archive("legacyEvidence", support.legacy_evidence);
  archive("nftEvidence", support.nft_evidence);
  archive("extensions", support.extensions);
}

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

void describe(auto& archive, PartIs<IptablesReader> auto& reader) {
  archive("label", reader.label);
  archive("places", reader.places);
  archive("path", reader.path);
  archive("version", reader.version);
  archive("device", reader.device);
  archive("inode", reader.inode);
}

void describe(auto& archive, PartIs<SaveRun> auto& run) {
  archive("outcome", run.outcome);
  archive("detail", run.detail);
  archive("text", run.text);
}

void describe(auto& archive, PartIs<FamilyReading::Alone> auto& alone) {
  archive("table", alone.table);
  archive("shape", alone.shape);
  archive("run", alone.run);
}

void describe(auto& archive, PartIs<FamilyReading> auto& reading) {
  archive("family", reading.family);
  archive("whole", reading.whole);
  archive("alone", reading.alone);
}

void describe(auto& archive, PartIs<BugProbe> auto& probe) {
  archive("bug", probe.bug);
  archive("outcome", probe.outcome);
  archive("detail", probe.detail);
}

void describe(auto& archive, PartIs<ReaderReadings> auto& readings) {
  archive("reader", readings.reader);
  archive("families", readings.families);
  archive("bugs", readings.bugs);
}

void describe(auto& archive, PartIs<LegacyTrial> auto& trial) {
  archive("program", trial.program);
  archive("bugs", trial.bugs);
}

void describe(auto& archive, PartIs<SetAside> auto& aside) {
  archive("family", aside.family);
  archive("table", aside.table);
  archive("shape", aside.shape);
  archive("reason", aside.reason);
}

void describe(auto& archive, PartIs<CrossReading> auto& reading) {
  archive("skipped", reading.skipped);
  archive("readers", reading.readers);
  archive("setAside", reading.set_aside);
  archive("legacyTrials", Later{reading.legacy});
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

void describe(auto& archive, PartIs<Snapshot> auto& snapshot) {
  archive("toolVersion", snapshot.tool_version);
  archive("takenAt", snapshot.taken_at);
  archive("node", snapshot.node);
  archive("k0s", snapshot.k0s);
  archive("host", snapshot.host);
  archive("components", snapshot.components);
  archive("support", snapshot.support);
  archive("networks", snapshot.networks);
  archive("crossReading", snapshot.cross_reading);
  archive("hostSettings", snapshot.host_settings);
  archive("firewalld", snapshot.firewalld);
  archive("nodeNetworks", snapshot.node_networks);
  archive("hostWriters", snapshot.host_writers);
  archive("gaps", snapshot.gaps);
}

/// The key of a backend in `hints`.
constexpr std::string_view key_of(Backend backend) {
  return backend == Backend::legacy ? "legacy" : "nfTables";
}

using Hints = std::map<Backend, std::array<HintChains, 2>>;

}  // namespace iptmode::snapshot_io
