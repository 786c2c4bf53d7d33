// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace iptmode::redact {

/// An address that stands in a text.
struct FoundAddress {
  std::string bytes = {};  ///< 4 or 16, big-endian
  char separator = '.';    ///< '-' for "10-0-0-5", '.' for "fd00..5", as names have it
  std::size_t length = 0;  ///< of the text that it takes, without a prefix length
  std::size_t prefix = 0;  ///< in bits, when one follows ("/12", "/255.240.0.0"); else all bits
};

/// The address that starts exactly at `at`, or nothing: not in the middle of a word, a number, a
/// longer row of numbers ("1.2.3.4.5") or a MAC address.
[[nodiscard]] std::optional<FoundAddress> address_at(std::string_view text, std::size_t at);

/// The bytes as text: four numbers, or as RFC 5952 writes IPv6, with `separator` for its colons.
[[nodiscard]] std::string address_text(const std::string& bytes, char separator);

}  // namespace iptmode::redact
