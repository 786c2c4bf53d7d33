// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "iptmode/kernel_state.h"
#include "snapshot_io/part.h"
#include "snapshot_io/rule_fields.h"

// Tables of both backends, what is counted in them, and kubelet's hints. The keys of each part, see
// fields.h.
namespace iptmode::snapshot_io {

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
  archive("devices", Later{base.devices});
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

}  // namespace iptmode::snapshot_io
