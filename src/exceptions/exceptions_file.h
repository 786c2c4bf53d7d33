// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "iptmode/exception.h"
#include "iptmode/result.h"

namespace iptmode::exceptions {

inline constexpr std::size_t kMaxFileBytes = 1U << 20U;
inline constexpr std::size_t kMaxExceptions = 1000;

/// Reads a YAML list of mappings with `check`, `subject` (may be left out: any), `reason` and
/// `expires` (YYYY-MM-DD or never). No text at all is an empty list. Fails with
/// errc::invalid_argument; the context is one line of escaped text that begins with "line N: ".
[[nodiscard]] Result<std::vector<Exception>> parse_exceptions(std::string_view yaml);

}  // namespace iptmode::exceptions
