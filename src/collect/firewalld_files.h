// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>

#include "collect/sources.h"
#include "firewalld/reading.h"

namespace iptmode::collect {

/// firewalld as its files have it: firewalld.conf, and zones and policies of /etc/firewalld, which
/// hide those of the same name in /usr/lib/firewalld. What the daemon was told at run time, and the
/// zones that NetworkManager keeps, are not in there. Nothing when firewalld is not installed.
[[nodiscard]] std::optional<firewalld::FirewalldReading> read_firewalld_files(HostFiles& host);

}  // namespace iptmode::collect
