// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace iptmode {

/// An iptables release, "1.8.9". Not a distribution's package version: a backport is not visible.
struct Version {
  std::uint16_t release = 0;  ///< the first number; not `major`, which is a macro
  std::uint16_t feature = 0;  ///< the second number
  std::uint16_t patch = 0;    ///< the third number
  auto operator<=>(const Version&) const = default;
};

[[nodiscard]] std::string to_string(Version version);

/// Exactly three numbers with dots ("1.8.9"); nothing else before or after.
[[nodiscard]] std::optional<Version> version_from_string(std::string_view text) noexcept;

/// The newest release whose behaviour this program knows (verified against Debian's 1.8.13).
inline constexpr Version kNewestKnown{1, 8, 13};

/// Releases of the nft variant that decode another writer's rules alike.
///
/// 1.8.7 learnt to read prefixes that load only the needed bytes (iptables commit 32325900), 1.8.8
/// learnt native mark, port, range, tcp flag and log expressions (94309632, 6aba94ef, c034cf31,
/// 98e69b7e, db99f601) but misreads prefixes that share a rule with a mark, 1.8.9 mended that
/// (f315af1c). 1.8.9 to 1.8.13 read alike: measured, every writer against every reader.
enum class ReadClass : std::uint8_t { up_to_1_8_6, at_1_8_7, at_1_8_8, from_1_8_9 };

[[nodiscard]] ReadClass read_class(Version version) noexcept;

/// "1.8.9 or later"
[[nodiscard]] std::string_view to_string(ReadClass read_class) noexcept;

/// What `reader` makes of a table that `writer` wrote, both of the nft variant.
enum class Legibility : std::uint8_t {
  legible,         ///< every rule shape comes back as it was written
  prefix_misread,  ///< 10.244.0.0/16 comes back as /32 (reader before 1.8.7)
  condition_lost,  ///< marks and ports vanish, port ranges blind the table (reader before 1.8.8)
  self_misread,    ///< 1.8.8 misreads prefix plus mark, whoever wrote it
};

[[nodiscard]] Legibility legibility(Version writer, Version reader) noexcept;

}  // namespace iptmode
