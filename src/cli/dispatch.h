// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <span>

namespace iptmode::cli {

/// Runs the program and returns its exit status: `arguments` without its name. Standard output gets
/// the report and nothing else; standard error one line when something is wrong, and nothing
/// otherwise.
[[nodiscard]] int dispatch(std::span<const char* const> arguments);

}  // namespace iptmode::cli
