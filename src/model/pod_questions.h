// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "iptmode/address.h"
#include "iptmode/node_networks.h"
#include "iptmode/packet_path.h"

namespace iptmode {

/// Whether an address in text, with a prefix or without, is of the family.
[[nodiscard]] bool is_family(std::string_view address, IpFamily family);

/// The network of the bridge of this node's own pods.
[[nodiscard]] std::optional<AddressRange> own_pods(const std::vector<NetworkLink>& links,
                                                   const NodeNetworks& networks, IpFamily family);

/// About packets that pods send by `uplink`; none where the pods' network is not known.
[[nodiscard]] std::vector<PacketQuestion> pod_questions(const std::vector<NetworkLink>& links,
                                                        const NodeNetworks& networks,
                                                        IpFamily family, const std::string& uplink);

}  // namespace iptmode
