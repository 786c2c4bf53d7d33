// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

namespace iptmode::kernel {

/// One round of a multiplicative hash. What is hashed is a root's own rules: no defence against
/// somebody who looks for collisions.
constexpr std::uint64_t mixed(std::uint64_t hash, std::uint64_t word) noexcept {
  constexpr std::uint64_t kFactor = 0x9e3779b97f4a7c15U;  // 2^64 divided by the golden ratio
  hash = (hash ^ word) * kFactor;
  return hash ^ (hash >> 29U);
}

/// Equal for equal bytes, different for others as far as 64 bits go. `seed` chains several calls.
[[nodiscard]] std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t seed) noexcept;

}  // namespace iptmode::kernel
