// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collect/sources.h"
#include "iptmode/host_settings.h"

namespace iptmode::collect {

/// ENABLED of ufw.conf and DEFAULT_FORWARD_POLICY of /etc/default/ufw, see ufw-framework(8). Pure.
[[nodiscard]] UfwSettings parse_ufw(std::string_view conf, std::string_view defaults);

/// Files of the host about firewalls and hostPorts. What is not there is left out; `problems` gets
/// what was there and could not be read, one a line.
[[nodiscard]] HostSettings read_host_settings(HostFiles& host, std::vector<std::string>& problems);

}  // namespace iptmode::collect
