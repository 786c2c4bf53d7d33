// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>

#include "cli/options.h"
#include "iptmode/render.h"

namespace iptmode::cli {

/// How a run came out. The number that says so depends on who asks: see exit_status().
enum class Exit : std::uint8_t {
  clean,      ///< nothing at or above --fail-on
  warnings,   ///< nothing at or above --fail-on, but findings of warning or more below it
  findings,   ///< a finding at or above it
  undecided,  ///< a required fact was not read, or the report could not be written
  usage,      ///< the command line is wrong
};

/// The exit status in the protocol of a format: this program's own, node-problem-detector's or that
/// of Nagios' plugins.
[[nodiscard]] int exit_status(Exit exit, Format format) noexcept;

/// The same for a report in the words of a monitoring system.
[[nodiscard]] ServiceState service_state(Exit exit) noexcept;

/// How bad it is, for the worst of several: a known fault goes before what could not be seen.
[[nodiscard]] Exit worse(Exit a, Exit b) noexcept;

}  // namespace iptmode::cli
