// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "iptmode/kernel_state.h"
#include "snapshot_io/part.h"
#include "snapshot_io/path_fields.h"
#include "snapshot_io/table_fields.h"

// A network namespace, and what the kernel can. The keys of each part, see fields.h.
namespace iptmode::snapshot_io {

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
  archive("peers", Later{link.peers});
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

}  // namespace iptmode::snapshot_io
