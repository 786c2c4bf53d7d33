// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "iptmode/finding.h"
#include "iptmode/report.h"

namespace iptmode::report {

/// What a piece of text means; a colour is only one way to show it, never the only one.
enum class Tone : std::uint8_t { plain, good, caution, bad, faint };

/// Colours by the SGR sequences that every terminal knows (ECMA-48 8.3.117), or nothing at all.
class Paint {
 public:
  explicit Paint(bool colour) noexcept : colour_{colour} {}
  [[nodiscard]] std::string operator()(Tone tone, std::string_view text) const;

 private:
  bool colour_ = false;
};

[[nodiscard]] Tone tone_of(Verdict verdict) noexcept;
[[nodiscard]] Tone tone_of(Severity severity) noexcept;

}  // namespace iptmode::report
