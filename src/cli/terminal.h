// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>

#include "cli/options.h"
#include "iptmode/render.h"

namespace iptmode::cli {

/// What is known of the place that standard output leads to.
struct Terminal {
  bool present = false;         ///< standard output is a terminal
  bool wants_plain = false;     ///< NO_COLOR is set and not empty, or TERM is "dumb"
  bool shows_progress = false;  ///< standard error is a terminal
  std::size_t columns = 100;
};

/// Asks isatty(3), TIOCGWINSZ and the environment; the only place that does.
[[nodiscard]] Terminal look_at_terminal();

/// An explicit --color goes before the environment; a file gets colour only when asked for.
[[nodiscard]] TextStyle style_of(const Options& options, const Terminal& terminal);

}  // namespace iptmode::cli
