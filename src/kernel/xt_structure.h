// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace iptmode::kernel {

/// The structure at the beginning of the bytes, if all but what the kernel alone uses at its end is
/// there: `needed` bytes.
template <class T>
requires std::is_trivially_copyable_v<T>
[[nodiscard]] std::optional<T> structure_in(std::string_view bytes,
                                            std::size_t needed = sizeof(T)) {
  T structure = {};
  if (bytes.size() < needed) return std::nullopt;
  std::memcpy(&structure, bytes.data(), std::min(bytes.size(), sizeof structure));
  return structure;
}

/// The bytes of a structure as they lie in memory.
template <class T>
requires std::is_trivially_copyable_v<T>
[[nodiscard]] std::string bytes_of(const T& structure, std::size_t size = sizeof(T)) {
  return {reinterpret_cast<const char*>(&structure), size};
}

/// A name in an array of fixed size, which need not end in NUL.
template <std::size_t Size>
[[nodiscard]] std::string name_in(const char (&field)[Size]) {
  return {field, static_cast<std::size_t>(std::find(field, field + Size, '\0') - field)};
}

/// "0x4000", as iptables prints marks.
[[nodiscard]] inline std::string hex_text(std::uint64_t value) {
  std::array<char, 2 * sizeof value> digits = {};
  const auto end = std::to_chars(digits.begin(), digits.end(), value, 16).ptr;
  return "0x" + std::string(digits.begin(), end);
}

}  // namespace iptmode::kernel
