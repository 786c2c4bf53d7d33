// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/byte_hash.h"

#include <array>
#include <cstddef>
#include <cstring>

namespace iptmode::kernel {
namespace {

constexpr std::size_t kWord = sizeof(std::uint64_t);
constexpr std::size_t kLanes = 4;

std::uint64_t word_at(const char* bytes) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, kWord);
  return word;
}

/// Hashes and takes away all words but the last few: four at once, for none of them waits for
/// another's multiplication.
std::uint64_t hash_blocks(std::string_view& bytes, std::uint64_t hash) noexcept {
  std::array<std::uint64_t, kLanes> lanes{hash, hash + 1, hash + 2, hash + 3};
  for (; bytes.size() >= kLanes * kWord; bytes.remove_prefix(kLanes * kWord))
    for (std::size_t lane = 0; lane < kLanes; ++lane)
      lanes[lane] = mixed(lanes[lane], word_at(bytes.data() + lane * kWord));
  std::uint64_t sum = 0;  // each in its turn: mixed() does not tell its operands apart
  for (const std::uint64_t lane : lanes) sum = mixed(sum, lane);
  return sum;
}

}  // namespace

std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t seed) noexcept {
  std::uint64_t hash = mixed(seed, bytes.size());
  if (bytes.size() >= 2 * kLanes * kWord) hash = hash_blocks(bytes, hash);
  for (; bytes.size() >= kWord; bytes.remove_prefix(kWord))
    hash = mixed(hash, word_at(bytes.data()));
  if (bytes.empty()) return hash;
  std::uint64_t word = 0;
  std::memcpy(&word, bytes.data(), bytes.size());
  return mixed(hash, word);
}

}  // namespace iptmode::kernel
