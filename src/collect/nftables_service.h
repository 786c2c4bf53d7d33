// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "collect/sources.h"
#include "iptmode/host_settings.h"

namespace iptmode::collect {

/// nftables.service as its unit, the unit's drop-ins, the links that enable it and the files it
/// loads say; nothing when there is no such unit or it is masked. `problems` gets what was there
/// and could not be read, one a line.
[[nodiscard]] std::optional<NftablesService> read_nftables_service(
    HostFiles& host, std::vector<std::string>& problems);

}  // namespace iptmode::collect
