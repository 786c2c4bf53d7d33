// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <linux/netfilter/nf_tables.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "iptmode/rule.h"

namespace iptmode::kernel {

/// A part of what a register was loaded with: the first `length` bytes of a field.
struct Piece {
  Field field = Field::extension;
  std::size_t length = 0;
};

/// What a register holds.
struct Operand {
  enum class Kind : std::uint8_t {
    unknown,       ///< `name` says what loaded it
    constant,      ///< `value`
    field,         ///< `pieces`, one behind the other
    interface,     ///< an index; `pieces` says of which
    family,        ///< an EtherType instead of NFPROTO_*
    return_route,  ///< zero where no route leads back; `value`: what else rpfilter is told
  };
  Kind kind = Kind::unknown;
  std::string name = {};
  std::string value = {};
  std::vector<Piece> pieces = {};
  std::size_t length = 0;    ///< bytes
  bool host_order = false;   ///< a number of the machine's own order
  std::string mask = {};     ///< in the order of the value; empty: all bits
  std::string flipped = {};  ///< bits that are turned over behind the mask; empty: none
  [[nodiscard]] bool is_single_field() const {
    return kind == Kind::field && pieces.size() == 1 && flipped.empty();
  }
};

/// The registers of one rule. A message calls them 1 to 4 (16 bytes each) or 8 to 23 (4 bytes
/// each), the same memory (enum nft_registers of linux/netfilter/nf_tables.h).
class Registers {
 public:
  static constexpr std::size_t kUnit = 4;  ///< bytes
  static constexpr std::size_t kCount = 20;

  void load(std::uint32_t number, Operand operand) {
    const std::size_t slot = slot_of(number);
    if (slot < kCount) slots_.at(slot) = std::move(operand);
  }
  [[nodiscard]] Operand content(std::uint32_t number) const { return at(slot_of(number)); }
  [[nodiscard]] Operand at(std::size_t slot) const {
    return slot < kCount ? slots_.at(slot) : Operand{.name = "register"};
  }

  /// The 4-byte unit where a register begins; kCount for a number that there is not.
  static std::size_t slot_of(std::uint32_t number) {
    if (number >= NFT_REG_1 && number <= NFT_REG_4) return std::size_t{number - NFT_REG_1} * 4;
    if (number >= NFT_REG32_00 && number <= NFT_REG32_15) return number - NFT_REG32_00;
    return kCount;
  }

 private:
  std::array<Operand, kCount> slots_ = {};
};

}  // namespace iptmode::kernel
