// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/version.h"

#include <array>
#include <charconv>

namespace iptmode {

std::string to_string(Version version) {
  return std::to_string(version.release) + '.' + std::to_string(version.feature) + '.' +
         std::to_string(version.patch);
}

std::optional<Version> version_from_string(std::string_view text) noexcept {
  std::array<std::uint16_t, 3> parts{};
  const char* at = text.data();
  const char* const end = at + text.size();
  for (std::uint16_t& part : parts) {
    if (&part != parts.data()) {
      if (at == end || *at != '.') return std::nullopt;
      ++at;
    }
    const auto [next, error] = std::from_chars(at, end, part);
    if (error != std::errc{}) return std::nullopt;
    at = next;
  }
  if (at != end) return std::nullopt;
  return Version{.release = parts[0], .feature = parts[1], .patch = parts[2]};
}

ReadClass read_class(Version version) noexcept {
  if (version < Version{1, 8, 7}) return ReadClass::up_to_1_8_6;
  if (version < Version{1, 8, 8}) return ReadClass::at_1_8_7;
  if (version < Version{1, 8, 9}) return ReadClass::at_1_8_8;
  return ReadClass::from_1_8_9;
}

std::string_view to_string(ReadClass read_class) noexcept {
  switch (read_class) {
    case ReadClass::up_to_1_8_6: return "1.8.6 or earlier";
    case ReadClass::at_1_8_7: return "1.8.7";
    case ReadClass::at_1_8_8: return "1.8.8";
    case ReadClass::from_1_8_9: return "1.8.9 or later";
  }
  return "invalid";
}

Legibility legibility(Version writer, Version reader) noexcept {
  const ReadClass wrote = read_class(writer);
  const ReadClass reads = read_class(reader);
  if (reads == ReadClass::at_1_8_8) return Legibility::self_misread;
  if (wrote >= ReadClass::at_1_8_8 && reads < ReadClass::at_1_8_8)
    return Legibility::condition_lost;  // and prefixes too before 1.8.7; the lost condition is
                                        // worse
  if (wrote >= ReadClass::at_1_8_7 && reads < ReadClass::at_1_8_7)
    return Legibility::prefix_misread;
  return Legibility::legible;
}

}  // namespace iptmode
