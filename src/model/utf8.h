// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <string_view>

namespace iptmode {

/// The first character of a text: how many bytes it takes and which code point it is.
struct Utf8Character {
  std::size_t length = 0;  ///< 0: the text does not start with valid UTF-8 (or is empty)
  char32_t code_point = 0;
};

/// Decodes the first character by RFC 3629: no overlong forms, no surrogates, nothing above
/// U+10FFFF, no truncated sequence.
[[nodiscard]] Utf8Character decode_utf8(std::string_view text) noexcept;

[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

}  // namespace iptmode
