// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/nft_rule.h"

namespace iptmode::kernel {

/// One rule of a table as it streams by. The views are gone after it.
struct ReadRule {
  RuleFacts facts = {};
  std::uint64_t expressions_key = 0;  ///< see shape_key.h
  std::uint64_t equality_key = 0;     ///< equal for rules that differ in their counters at most
};

/// Reads the rules of one table. Rules of one kind come by the thousand and differ in an address, a
/// comment, the name of a chain: what was found in the first of a kind is kept together with all
/// its other bytes, and a rule that has these bytes is not looked at again. Allocates for the first
/// of a kind only.
class RuleReader {
 public:
  /// `family` as for decode_rule().
  explicit RuleReader(std::uint8_t family) : family_{family} {}

  /// The same as decode_rule() and expressions_key() give. `equality` tells whether that key is
  /// wanted.
  [[nodiscard]] ReadRule read(std::string_view attributes, bool equality);

  /// What is kept of the kinds; when it is too much, all are forgotten.
  static constexpr std::size_t kMaxKinds = 128;
  static constexpr std::size_t kMaxBytes = std::size_t{256} << 10U;
  [[nodiscard]] std::size_t kinds() const { return kinds_.size(); }

 private:
  struct Run {
    std::uint32_t offset = 0;
    std::uint32_t length = 0;
  };
  struct Kind {
    std::uint32_t next = 0;          ///< of the same bucket: index plus one; 0: the last
    std::string bytes = {};          ///< the expressions of the first rule
    std::vector<Run> same = {};      ///< what is the same in all
    std::vector<Run> compared = {};  ///< what differs, without counters
    std::uint64_t same_hash = 0;
    std::uint64_t expressions_key = 0;
    Run chain_field = {};
    Run comment_field = {};
    bool translates = false;
    Encodings encodings = {};
  };

  [[nodiscard]] std::uint32_t& bucket_of(std::string_view expressions);
  [[nodiscard]] const Kind* known(std::string_view expressions);
  [[nodiscard]] const Kind& learn(const RuleFacts& facts);

  static constexpr std::size_t kBuckets = 256;
  std::uint8_t family_;
  std::array<std::uint32_t, kBuckets> buckets_ = {};  ///< by length; index plus one
  std::vector<Kind> kinds_ = {};
  std::size_t bytes_ = 0;
};

}  // namespace iptmode::kernel
