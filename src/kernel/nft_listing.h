// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace iptmode::kernel {

/// Writes what nft prints for a command that lists ("list ruleset") to a descriptor, by
/// libnftables. Only for a confined child: it takes minutes and gigabytes on a large node, and
/// Debian 12's release dies on some sets of newer ones. The exit status: 0, or 1 after a line that
/// says what libnftables says.
[[nodiscard]] int write_nft_listing(int output, const std::string& command);

}  // namespace iptmode::kernel
