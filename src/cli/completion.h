// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace iptmode::cli {

/// Completion scripts, made from the tables of commands, options and checks.
[[nodiscard]] std::string bash_completion();
[[nodiscard]] std::string zsh_completion();
[[nodiscard]] std::string fish_completion();

}  // namespace iptmode::cli
