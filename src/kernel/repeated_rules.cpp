// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/repeated_rules.h"

#include <algorithm>
#include <functional>

namespace iptmode::kernel {
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
