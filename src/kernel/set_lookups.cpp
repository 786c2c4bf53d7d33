// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/set_lookups.h"

#include <linux/netfilter/nf_tables.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "kernel/nft_comparisons.h"
#include "kernel/nft_expressions.h"
#include "kernel/nft_verdict.h"
#include "kernel/set_values.h"

namespace iptmode::kernel {
namespace {

/// False for "continue": the element does nothing.
bool add_action(const std::string& verdict, Rule& rule) {
  if (verdict.empty()) return true;
  rule.action = verdict_action(verdict);
  return rule.action.kind != Action::Kind::none;
}

class SetLookup {
 public:
  SetLookup(Registers& registers, RuleDrafts& drafts) : registers_{registers}, drafts_{drafts} {}

  void run(std::string_view data) {
    const std::string name{text_of(attribute_of(data, NFTA_LOOKUP_SET))};
    const bool negated = (number_of(data, NFTA_LOOKUP_FLAGS) & NFT_LOOKUP_F_INV) != 0;
    const bool to_register = !attribute_of(data, NFTA_LOOKUP_DREG).empty();
    const std::uint32_t destination = number_of(data, NFTA_LOOKUP_DREG);
    const bool verdicts = to_register && destination == NFT_REG_VERDICT;
    const SetContent* set = drafts_.surroundings().set ? drafts_.surroundings().set(name) : nullptr;
    const std::size_t slot = Registers::slot_of(number_of(data, NFTA_LOOKUP_SREG));
    bool found = false;
    if (set != nullptr && !(to_register && !verdicts))
      found = verdicts ? look_up_verdict(*set, slot) : look_up(*set, slot, negated);
    if (to_register && !verdicts) registers_.load(destination, {.name = "map"});
    if (found) return;
    drafts_.opaque("lookup", negated, '@' + name);
    if (verdicts) drafts_.act({.kind = Action::Kind::target, .name = "vmap", .decoded = false});
  }

 private:
  /// One condition with the set's values, or an alternative for each element.
  bool look_up(const SetContent& set, std::size_t slot, bool negated) {
    const bool catches_all =
        std::any_of(set.elements.begin(), set.elements.end(),
                    [](const SetElement& element) { return element.catch_all; });
    if (catches_all) return false;
    if (const auto condition = drafts_.conditions().one_of(registers_.at(slot), set)) {
      drafts_.demand_of_all(with(*condition, negated));
      return true;
    }
    return !negated && expand(set, slot);
  }

  /// Each element's key is a part for each register unit that the rule has filled.
  bool expand(const SetContent& set, std::size_t slot) {
    std::vector<Rule> alternatives;
    for (const SetElement& element : set.elements)
      for (const Rule& draft : drafts_.all()) {
        Rule rule = draft;
        if (!demand_parts(element, slot, rule)) return false;
        if (!add_action(element.verdict, rule)) continue;
        if (drafts_.surroundings().keep && !drafts_.surroundings().keep(rule)) continue;
        if (alternatives.size() == RuleDrafts::kMax) return false;
        alternatives.push_back(std::move(rule));
      }
    drafts_.replace(std::move(alternatives));
    return true;
  }

  bool demand_parts(const SetElement& element, std::size_t slot, Rule& rule) const {
    if (element.catch_all) {
      demand(rule, {.name = "lookup", .arguments = "*", .decoded = false});
      return true;
    }
    for (std::size_t at = 0; at < element.key.size();) {
      const Operand operand = registers_.at(slot + at / Registers::kUnit);
      const std::size_t length = operand.length;
      if (length == 0 || at + length > element.key.size()) return false;
      const std::string low = element.key.substr(at, length);
      const std::string high =
          element.key_end.size() == element.key.size() ? element.key_end.substr(at, length) : low;
      auto condition = drafts_.conditions().within(operand, {.low = low, .high = high});
      if (!condition) return false;
      demand(rule, std::move(*condition));
      at += (length + Registers::kUnit - 1) / Registers::kUnit * Registers::kUnit;
    }
    return true;
  }

  bool look_up_verdict(const SetContent& set, std::size_t slot) {
    const Operand operand = registers_.at(slot);
    if (!drafts_.conditions().one_of(operand, set)) {
      if (operand.kind != Operand::Kind::unknown) return expand(set, slot);
      return expand_opaque(set, name_of(operand));
    }
    std::vector<Rule> alternatives;
    for (const SetValues& element : values_of(set))
      for (Rule rule : drafts_.all()) {
        demand(rule, *drafts_.conditions().within(operand, element.values));
        if (add_action(element.verdict, rule)) alternatives.push_back(std::move(rule));
      }
    for (const SetElement& element : set.elements)
      if (element.catch_all) add_catch_all(set, operand, element, alternatives);
    if (alternatives.size() > RuleDrafts::kMax) return false;
    drafts_.replace(std::move(alternatives));
    return true;
  }

  /// "numgen random mod 2 vmap { 0 : jump a, 1 : jump b }": any of the elements.
  bool expand_opaque(const SetContent& set, const std::string& name) {
    std::vector<Rule> alternatives;
    for (const SetElement& element : set.elements)
      for (Rule rule : drafts_.all()) {
        demand(rule, {.name = name, .decoded = false});
        if (add_action(element.verdict, rule)) alternatives.push_back(std::move(rule));
      }
    if (alternatives.size() > RuleDrafts::kMax) return false;
    drafts_.replace(std::move(alternatives));
    return true;
  }

  void add_catch_all(const SetContent& set, const Operand& operand, const SetElement& element,
                     std::vector<Rule>& alternatives) {
    for (Rule rule : drafts_.all()) {
      demand(rule, with(*drafts_.conditions().one_of(operand, set), true));
      if (add_action(element.verdict, rule)) alternatives.push_back(std::move(rule));
    }
  }

  Registers& registers_;
  RuleDrafts& drafts_;
};

}  // namespace

void decode_lookup(std::string_view data, Registers& registers, RuleDrafts& drafts) {
  SetLookup{registers, drafts}.run(data);
}

}  // namespace iptmode::kernel
