// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <span>

#include "cli/exit.h"

namespace iptmode::cli {

/// Runs the program: `arguments` without its name. Standard output gets the report and nothing
/// else; standard error one line when something is wrong, and nothing otherwise.
[[nodiscard]] Exit dispatch(std::span<const char* const> arguments);

}  // namespace iptmode::cli
