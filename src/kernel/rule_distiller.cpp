// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/rule_distiller.h"

#include "kernel/shape_key.h"

namespace iptmode::kernel {

namespace {

constexpr std::size_t kSlots = 2 * kMaxShapes;
static_assert((kSlots & (kSlots - 1)) == 0);

}  // namespace

RuleDistiller::Slot& RuleDistiller::slot_of(std::uint64_t key) {
  if (slots_.empty()) slots_.resize(kSlots);
  std::size_t index = key & (kSlots - 1);
  while (slots_[index].shape != 0 && slots_[index].key != key) index = (index + 1) & (kSlots - 1);
  return slots_[index];
}

void RuleDistiller::add(const PassingRule& rule, std::size_t& bytes_left) {
  Slot& slot = slot_of(rule.shape);
  if (slot.shape == 0) {
    if (!keep(rule, bytes_left)) {
      ++unshaped_;
      return;
    }
    slot = {.key = rule.shape, .shape = static_cast<std::uint32_t>(shapes_.size())};
  }
  ++shapes_[slot.shape - 1].rules;
}

bool RuleDistiller::keep(const PassingRule& rule, std::size_t& bytes_left) {
  const std::size_t bytes = rule.expressions.size() + rule.user_data.size();
  if (shapes_.size() == kMaxShapes || bytes > kMaxExemplar || bytes > bytes_left) return false;
  bytes_left -= bytes;
  shapes_.push_back({.chain = std::string{rule.chain},
                     .base_chain = rule.base_chain,
                     .owners = rule.owner.owners,
                     .expressions = std::string{rule.expressions},
                     .user_data = std::string{rule.user_data},
                     .native = is_native(rule.expressions)});
  return true;
}

}  // namespace iptmode::kernel
