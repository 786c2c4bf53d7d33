// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string_view>
#include <vector>

#include "cli/commands.h"
#include "iptmode/exception.h"

namespace iptmode::cli {

/// Read from the host's root directory when a command looks at this node and nothing else is named.
inline constexpr std::string_view kExceptionsFile = "/etc/iptmode/exceptions.yaml";

/// Those of --exceptions, else those of the node. A file that is wrong is wrong usage: a finding
/// must not count because of a slip of the pen, nor be suppressed by one.
[[nodiscard]] tl::expected<std::vector<Exception>, Failure> exceptions_of_node(
    const Options& options);

/// Those of --exceptions, else none: what this machine accepts says nothing about another.
[[nodiscard]] tl::expected<std::vector<Exception>, Failure> exceptions_for_files(
    const Options& options);

}  // namespace iptmode::cli
