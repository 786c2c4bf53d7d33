// SPDX-License-Identifier: GPL-2.0-or-later
#include "redact/address_map.h"

#include <sha2.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

namespace iptmode::redact {

namespace {

using namespace std::string_view_literals;

constexpr unsigned kByteBits = 8;

struct Block {
  std::string_view bytes = {};  ///< the beginning
  std::size_t bits = 0;
  bool whole = true;  ///< false: only the block's own bits stay
};

constexpr std::array kKept4{Block{"\0"sv, 8}, Block{"\177"sv, 8},
                            Block{"\340"sv, 3}};                               // 0/8, 127/8, 224/3
constexpr std::array kKept6{Block{"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"sv, 127},  // :: and ::1
                            Block{"\0\0\0\0\0\0\0\0\0\0\377\377"sv, 96},       // ::ffff:0:0/96
                            Block{"\376\200"sv, 10, false},
                            Block{"\377"sv, 8}};  // fe80::/10, ff00::/8

// Where one bit is always turned over, so that nothing longer maps to itself.
constexpr std::size_t kAlways4 = 7;
constexpr std::size_t kAlways6 = 15;

bool bit_of(std::string_view bytes, std::size_t bit) {
  const auto byte = static_cast<unsigned char>(bytes[bit / kByteBits]);
  return ((byte >> (kByteBits - 1 - bit % kByteBits)) & 1U) != 0;
}

bool same_bits(std::string_view a, std::string_view b, std::size_t bits) {
  for (std::size_t bit = 0; bit < bits; ++bit)
    if (bit_of(a, bit) != bit_of(b, bit)) return false;
  return true;
}

/// Whether the bit stays as it is because a kept block begins or goes on with the bits before it.
bool stays(std::string_view address, std::size_t bit, std::span<const Block> kept) {
  return std::ranges::any_of(kept, [&](const Block& block) {
    if (bit >= block.bits && !block.whole) return false;
    return same_bits(address, block.bytes, std::min(bit, block.bits));
  });
}

void turn_over(std::string& bytes, std::size_t bit) {
  const unsigned mask = 1U << (kByteBits - 1 - bit % kByteBits);
  bytes[bit / kByteBits] =
      static_cast<char>(static_cast<unsigned char>(bytes[bit / kByteBits]) ^ mask);
}

bool is_mapped_ipv4(const std::string& address) {
  return address.size() == 16 && same_bits(address, kKept6.at(1).bytes, kKept6.at(1).bits);
}

}  // namespace

std::string network_part(std::string address, std::size_t prefix_bits) {
  for (std::size_t bit = prefix_bits; bit < address.size() * kByteBits; ++bit)
    if (bit_of(address, bit)) turn_over(address, bit);
  return address;
}

// The 255 bits of one hash decide for all beginnings of the next byte: bit 1 for none, 2 and 3 for
// one bit of it, and so on.
const std::string& AddressMap::turned_bits(std::string_view prefix, bool ipv6) {
  std::string place{ipv6 ? '6' : '4'};
  place += prefix;
  const auto known = hashes_.find(place);
  if (known != hashes_.end()) return known->second;
  const std::string text = key_ + place;
  const std::basic_string<std::uint8_t> bytes(text.begin(), text.end());
  SHA2_CTX context{};
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
  SHA256Init(&context);
  SHA256Update(&context, bytes.data(), bytes.size());
  SHA256Final(digest.data(), &context);
  return hashes_.emplace(std::move(place), std::string{digest.begin(), digest.end()}).first->second;
}

std::string AddressMap::operator()(const std::string& address) {
  if (is_mapped_ipv4(address)) return address.substr(0, 12) + (*this)(address.substr(12));
  const bool ipv6 = address.size() == 16;
  const std::span<const Block> kept = ipv6 ? std::span<const Block>{kKept6} : kKept4;
  std::string mapped = address;
  for (std::size_t byte = 0; byte < address.size(); ++byte) {
    const std::string& turned = turned_bits(address.substr(0, byte), ipv6);
    std::size_t node = 1;
    for (std::size_t bit = byte * kByteBits; bit < (byte + 1) * kByteBits; ++bit) {
      const bool always = bit == (ipv6 ? kAlways6 : kAlways4);
      if ((always || bit_of(turned, node)) && !stays(address, bit, kept)) turn_over(mapped, bit);
      node = node * 2 + (bit_of(address, bit) ? 1 : 0);
    }
  }
  return mapped;
}

std::string AddressMap::network(const std::string& address, std::size_t prefix_bits) {
  const bool is_network = network_part(address, prefix_bits) == address;
  std::string mapped = (*this)(address);
  return is_network ? network_part(std::move(mapped), prefix_bits) : mapped;
}

}  // namespace iptmode::redact
