// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>

namespace iptmode::cli {

/// How the program ends.
enum class Exit : std::uint8_t {
  clean = 0,      ///< nothing at or above --fail-on
  findings = 1,   ///< a finding at or above it
  undecided = 2,  ///< a required fact was not read, or the report could not be written
  usage = 64,     ///< EX_USAGE of sysexits.h
};

}  // namespace iptmode::cli
