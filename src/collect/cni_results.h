// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string_view>
#include <vector>

#include "iptmode/host_settings.h"

namespace iptmode::collect {

/// The hostPorts in one file of libcni's cache (kind cniCacheV1): empty for a network without the
/// plugin portmap, for a pod without hostPorts and for anything else. `running` is left out. Pure.
[[nodiscard]] std::vector<HostPort> parse_cni_result(std::string_view text);

}  // namespace iptmode::collect
