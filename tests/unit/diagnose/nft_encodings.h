// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string_view>

#include "snapshot_builder.h"

namespace iptmode::testing {

/// The node with rules of these encodings in the iptables-nft table `ip <table>`.
[[nodiscard]] inline Snapshot encoded(const NodeBuilder& node, std::string_view table,
                                      const Encodings& encodings) {
  Snapshot snapshot = node.build();
  for (NftTable& candidate : snapshot.networks.front().nft.value())
    if (candidate.family == "ip" && candidate.name == table) candidate.encodings = encodings;
  return snapshot;
}

}  // namespace iptmode::testing
