// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "iptmode/owner.h"
#include "iptmode/rule_shape.h"

namespace iptmode::kernel {

inline constexpr std::size_t kMaxShapes = 512;                       ///< of one table
inline constexpr std::size_t kMaxExemplar = std::size_t{4} << 10U;   ///< bytes of one rule
inline constexpr std::size_t kMaxExemplars = std::size_t{2} << 20U;  ///< bytes of all tables

/// One rule as it streams by. The views are gone after it.
struct PassingRule {
  std::string_view chain = {};
  bool base_chain = false;
  Attribution owner = {};
  std::uint64_t shape = 0;  ///< shape_key()
  std::string_view expressions = {};
  std::string_view user_data = {};
};

/// Keeps the first rule of each shape of one table and counts the rest. Allocates for new shapes
/// only.
class RuleDistiller {
 public:
  /// `bytes_left` is what may still be kept of all tables.
  void add(const PassingRule& rule, std::size_t& bytes_left);

  [[nodiscard]] std::vector<RuleShape>& shapes() { return shapes_; }
  [[nodiscard]] std::uint64_t unshaped_rules() const { return unshaped_; }

 private:
  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t shape = 0;  ///< index plus one; 0: free
  };
  [[nodiscard]] Slot& slot_of(std::uint64_t key);
  [[nodiscard]] bool keep(const PassingRule& rule, std::size_t& bytes_left);

  std::vector<Slot> slots_ = {};  ///< open addressing, at most half full
  std::vector<RuleShape> shapes_ = {};
  std::uint64_t unshaped_ = 0;
};

}  // namespace iptmode::kernel
