// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/repeated_rules.h"

#include <linux/netfilter/nf_tables.h>

#include <algorithm>
#include <cstring>
#include <functional>

#include "kernel/netlink_attributes.h"

namespace iptmode::kernel {
namespace {

/// One round of a multiplicative hash: the constant is 2^64 divided by the golden ratio.
std::uint64_t mixed(std::uint64_t hash, std::uint64_t word) noexcept {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15U;
  return hash ^ (hash >> 29U);
}

bool is_counter(std::string_view expression) noexcept {
  for (const auto& [type, payload] : Attributes{expression})
    if (type == NFTA_EXPR_NAME) return text_of(payload) == "counter";
  return false;
}

}  // namespace

std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t seed) noexcept {
  std::uint64_t hash = mixed(seed, bytes.size());
  while (!bytes.empty()) {
    std::uint64_t word = 0;
    const std::size_t length = std::min(bytes.size(), sizeof word);
    std::memcpy(&word, bytes.data(), length);
    hash = mixed(hash, word);
    bytes.remove_prefix(length);
  }
  return hash;
}

std::uint64_t rule_key(std::string_view expressions, std::string_view user_data) noexcept {
  std::uint64_t key = hash_bytes(user_data, 1);
  for (const auto& [type, expression] : Attributes{expressions})
    if (!is_counter(expression)) key = hash_bytes(expression, key);
  return key;
}

std::size_t RepeatedRules::slot_of(std::uint64_t key) {
  const auto end = keys_.begin() + static_cast<std::ptrdiff_t>(used_);
  const auto known = std::find(keys_.begin(), end, key);
  auto slot = static_cast<std::size_t>(known - keys_.begin());
  if (known != end) return slot;
  if (used_ < kWindow) {
    ++used_;
  } else {
    // The oldest one goes that is no pile yet.
    std::size_t steps = 0;
    while (steps < kWindow && copies_.at(oldest_) >= kFewestCopies) {
      oldest_ = (oldest_ + 1) % kWindow;
      ++steps;
    }
    if (steps == kWindow) return kWindow;
    slot = std::exchange(oldest_, (oldest_ + 1) % kWindow);
  }
  keys_.at(slot) = key;
  copies_.at(slot) = 0;
  return slot;
}

void RepeatedRules::end_chain(std::string_view chain) {
  const OwnerSet owners = piles_.empty() ? OwnerSet{} : attribute_chain(chain).owners;
  for (auto& [slot, rule] : piles_) {
    rule.chain = chain;
    if (!owners.empty()) rule.owners = owners;
    rule.copies = copies_.at(slot);
    found_.push_back(std::move(rule));
  }
  piles_.clear();
  used_ = 0;
  oldest_ = 0;
  if (found_.size() <= kMaxRepeated) return;
  std::ranges::stable_sort(found_, std::greater{}, &RepeatedRule::copies);
  found_.resize(kMaxRepeated);
}

std::vector<RepeatedRule> RepeatedRules::take() {
  std::ranges::stable_sort(found_, std::greater{}, &RepeatedRule::copies);
  return std::exchange(found_, {});
}

}  // namespace iptmode::kernel
