// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "iptmode/result.h"

namespace iptmode::kernel {

/// The names in a /proc/net/ip_tables_names or ip6_tables_names, sorted. One name a line, each of 1
/// to 31 bytes (XT_TABLE_MAXNAMELEN of linux/netfilter/x_tables.h, less its NUL), none twice.
/// Anything else is a parse_error: libiptc creates the table that it is asked for, so a name that
/// is not certain must not reach it.
[[nodiscard]] Result<std::vector<std::string>> parse_table_names(std::string_view text);

}  // namespace iptmode::kernel
