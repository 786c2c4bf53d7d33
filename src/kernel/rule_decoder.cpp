// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/rule_decoder.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "kernel/nft_expressions.h"
#include "kernel/nft_loads.h"
#include "kernel/nft_operand.h"
#include "kernel/nft_registers.h"
#include "kernel/nft_rule.h"
#include "kernel/nft_translation.h"
#include "kernel/nft_verdict.h"
#include "kernel/set_values.h"
#include "kernel/xt_decoder.h"
#include "kernel/xt_structure.h"

namespace iptmode::kernel {
namespace {

constexpr std::size_t kMaxAlternatives = 1024;
constexpr std::size_t kNumberBytes = 4;

/// Goes through the expressions of one rule and follows the registers.
class RuleDecoder {
 public:
  explicit RuleDecoder(const RuleSurroundings& surroundings) : around_{surroundings} {
    if (around_.family == NFPROTO_IPV4 || around_.family == NFPROTO_IPV6) family_ = around_.family;
  }

  void expression(std::string_view name, std::string_view data) {
    if (name == "counter" || name == "last" || name == "dup" || name == "flow_offload") return;
    if (load(name, data) || condition(name, data) || action(name, data)) return;
    opaque(std::string{name});
  }

  std::vector<Rule> finish(std::string_view comment) {
    std::vector<Rule> rules = std::move(effects_);
    const bool changed = !rules.empty();
    for (Rule& rule : drafts_) {
      if (changed && rule.action.kind == Action::Kind::none) continue;
      if (changed && asks_for_mark(rule)) demand(rule, {.name = "mark", .decoded = false});
      rules.push_back(std::move(rule));
    }
    for (Rule& rule : rules)
      if (rule.comment.empty()) rule.comment = comment;
    if (around_.keep)
      rules.erase(std::remove_if(rules.begin(), rules.end(),
                                 [&](const Rule& rule) { return !around_.keep(rule); }),
                  rules.end());
    return rules;
  }

 private:
  bool load(std::string_view name, std::string_view data) {
    if (name == "payload" && attribute_of(data, NFTA_PAYLOAD_SREG).empty()) {
      registers_.load(number_of(data, NFTA_PAYLOAD_DREG), payload_load(data, family_, protocol_));
    } else if (name == "meta" && attribute_of(data, NFTA_META_SREG).empty()) {
      registers_.load(number_of(data, NFTA_META_DREG), meta_load(data));
    } else if (name == "ct" && attribute_of(data, NFTA_CT_SREG).empty()) {
      registers_.load(number_of(data, NFTA_CT_DREG), conntrack_load(data));
    } else if (name == "fib") {
      registers_.load(number_of(data, NFTA_FIB_DREG), fib_load(data));
    } else if (name == "immediate" && number_of(data, NFTA_IMMEDIATE_DREG) != NFT_REG_VERDICT) {
      const std::string_view value = data_value(attribute_of(data, NFTA_IMMEDIATE_DATA));
      registers_.load(
          number_of(data, NFTA_IMMEDIATE_DREG),
          {.kind = Operand::Kind::constant, .value = std::string{value}, .length = value.size()});
    } else if (name == "bitwise") {
      bitwise(data);
    } else if (name == "byteorder") {
      byteorder(data);
    } else {
      return load_of_something(name, data);
    }
    return true;
  }

  /// Expressions that only fill a register, with something that is not followed.
  bool load_of_something(std::string_view name, std::string_view data) {
    struct Source {
      std::string_view name = {};
      std::uint16_t destination = 0;
    };
    constexpr std::array kSources{
        Source{"numgen", NFTA_NG_DREG},     Source{"hash", NFTA_HASH_DREG},
        Source{"rt", NFTA_RT_DREG},         Source{"socket", NFTA_SOCKET_DREG},
        Source{"exthdr", NFTA_EXTHDR_DREG}, Source{"osf", NFTA_OSF_DREG},
        Source{"xfrm", NFTA_XFRM_DREG},     Source{"tunnel", NFTA_TUNNEL_DREG}};
    for (const Source& source : kSources) {
      if (source.name != name) continue;
      registers_.load(number_of(data, source.destination), {.name = std::string{name}});
      return true;
    }
    return false;
  }

  bool condition(std::string_view name, std::string_view data) {
    if (name == "cmp") {
      compare(data);
    } else if (name == "range") {
      range(data);
    } else if (name == "lookup") {
      lookup(data);
    } else if (name == "match") {
      match(data);
    } else if (name == "limit") {
      limit(data);
    } else {
      return false;
    }
    return true;
  }

  bool action(std::string_view name, std::string_view data) {
    if (name == "immediate") {
      act(verdict_action(attribute_of(attribute_of(data, NFTA_IMMEDIATE_DATA), NFTA_DATA_VERDICT)));
    } else if (name == "target") {
      act(decode_xt_target({.name = text_of(attribute_of(data, NFTA_TARGET_NAME)),
                            .revision = number_of(data, NFTA_TARGET_REV),
                            .info = attribute_of(data, NFTA_TARGET_INFO)},
                           ip_family()));
    } else if (name == "reject") {
      act(reject_action(data, family_));
    } else if (name == "queue") {
      act(queue_action(data));
    } else if (name == "log") {
      act(log_action(data));
    } else if (name == "notrack") {
      act({.kind = Action::Kind::target, .name = "CT", .arguments = "--notrack"});
    } else if (name == "nat" || name == "masq" || name == "redir") {
      act(translation_action(name, data, registers_));
    } else if (name == "meta" || name == "ct" || name == "payload" || name == "objref") {
      set_something(name, data);
    } else if (name == "tproxy" || name == "synproxy" || name == "fwd") {
      act({.kind = Action::Kind::target, .name = std::string{name}, .decoded = false});
    } else {
      return name == "dynset" && attribute_of(data, NFTA_DYNSET_EXPR).empty() &&
             attribute_of(data, NFTA_DYNSET_EXPRESSIONS).empty();
    }
    return true;
  }

  // --- registers ---

  void bitwise(std::string_view data) {
    Operand operand = registers_.content(number_of(data, NFTA_BITWISE_SREG));
    const std::string_view mask = data_value(attribute_of(data, NFTA_BITWISE_MASK));
    const std::string_view flip = data_value(attribute_of(data, NFTA_BITWISE_XOR));
    const bool usual = number_of(data, NFTA_BITWISE_OP) == NFT_BITWISE_MASK_XOR &&
                       operand.mask.empty() && mask.size() == operand.length &&
                       flip.size() == mask.size();
    if (!usual || operand.kind != Operand::Kind::field) {
      operand = {.name = operand.kind == Operand::Kind::unknown ? operand.name : "bitwise"};
    } else {
      operand.mask = mask;
      if (flip.find_first_not_of('\0') != std::string_view::npos) operand.flipped = flip;
    }
    registers_.load(number_of(data, NFTA_BITWISE_DREG), std::move(operand));
  }

  void byteorder(std::string_view data) {
    Operand operand = registers_.content(number_of(data, NFTA_BYTEORDER_SREG));
    if (operand.kind == Operand::Kind::field && operand.mask.empty() && operand.length == 4) {
      operand.host_order = !operand.host_order;
    } else {
      operand = {.name = "byteorder"};
    }
    registers_.load(number_of(data, NFTA_BYTEORDER_DREG), std::move(operand));
  }

  // --- conditions ---

  void opaque(const std::string& name, bool negated = false, const std::string& arguments = {}) {
    for (Rule& rule : drafts_)
      demand(rule, {.negated = negated, .name = name, .arguments = arguments, .decoded = false});
  }

  void demand_of_all(const Condition& condition) {
    if (condition.field == Field::family) return demand_family(condition);
    for (Rule& rule : drafts_) demand(rule, condition);
    const bool one_value = !condition.negated && condition.mask.empty() &&
                           condition.any_of.size() == 1 &&
                           condition.any_of.front().low == condition.any_of.front().high;
    if (condition.field == Field::protocol && one_value && !condition.any_of.front().low.empty())
      protocol_ = static_cast<std::uint8_t>(condition.any_of.front().low.front());
  }

  /// In a table of one family every packet is of it.
  void demand_family(Condition condition) {
    const bool only = around_.family == NFPROTO_IPV4 || around_.family == NFPROTO_IPV6;
    const auto holds = [&](std::uint8_t family) {
      const std::string value(1, static_cast<char>(family));
      return condition.negated != std::any_of(condition.any_of.begin(), condition.any_of.end(),
                                              [&](const Interval& any) {
                                                return any.low <= value && value <= any.high;
                                              });
    };
    if (only && holds(around_.family)) return;
    if (only) condition = {.field = Field::family};
    if (!only && holds(NFPROTO_IPV4) != holds(NFPROTO_IPV6))
      family_ = holds(NFPROTO_IPV4) ? NFPROTO_IPV4 : NFPROTO_IPV6;
    for (Rule& rule : drafts_) demand(rule, condition);
  }

  void compare(std::string_view data) {
    const Operand operand = registers_.content(number_of(data, NFTA_CMP_SREG));
    const std::string_view value = data_value(attribute_of(data, NFTA_CMP_DATA));
    const std::uint32_t op = number_of(data, NFTA_CMP_OP);
    if (op == NFT_CMP_EQ || op == NFT_CMP_NEQ) {
      if (!equal(operand, value, op == NFT_CMP_NEQ)) opaque(name_of(operand), op == NFT_CMP_NEQ);
      return;
    }
    if (!operand.is_single_field() || !operand.mask.empty() || value.size() != operand.length)
      return opaque(name_of(operand));
    demand_of_all(beyond(operand, value, op));
  }

  static std::string name_of(const Operand& operand) {
    if (!operand.name.empty()) return operand.name;
    if (operand.pieces.empty()) return "cmp";
    return std::string{to_string(operand.pieces.front().field)};
  }

  bool equal(const Operand& operand, std::string_view value, bool negated) {
    if (operand.kind == Operand::Kind::interface || operand.kind == Operand::Kind::family) {
      const auto condition = conditions().equal(operand, value);
      if (!condition) return false;
      demand_of_all(with(*condition, negated));
      return true;
    }
    if (operand.kind != Operand::Kind::field || !operand.flipped.empty()) return false;
    if (operand.is_single_field()) {
      const auto condition = conditions().equal(operand, value);
      if (condition) demand_of_all(with(*condition, condition->negated != negated));
      return condition.has_value();
    }
    return !negated && operand.mask.empty() && all_equal(operand, value);
  }

  static Condition with(Condition condition, bool negated) {
    condition.negated = negated;
    return condition;
  }

  bool all_equal(const Operand& operand, std::string_view value) {
    if (value.size() != operand.length) return false;
    for (const Piece& piece : operand.pieces) {
      const Operand part{.kind = Operand::Kind::field, .pieces = {piece}, .length = piece.length};
      const auto condition = conditions().equal(part, value.substr(0, piece.length));
      if (!condition) return false;
      demand_of_all(*condition);
      value.remove_prefix(piece.length);
    }
    return true;
  }

  void range(std::string_view data) {
    const Operand operand = registers_.content(number_of(data, NFTA_RANGE_SREG));
    const std::string_view from = data_value(attribute_of(data, NFTA_RANGE_FROM_DATA));
    const std::string_view to = data_value(attribute_of(data, NFTA_RANGE_TO_DATA));
    const bool negated = number_of(data, NFTA_RANGE_OP) == NFT_RANGE_NEQ;
    if (!operand.is_single_field() || !operand.mask.empty() || from.size() != operand.length ||
        to.size() != operand.length)
      return opaque(name_of(operand), negated);
    demand_of_all({.field = operand.pieces.front().field,
                   .negated = negated,
                   .any_of = {{.low = in_network_order(from, operand.host_order),
                               .high = in_network_order(to, operand.host_order)}}});
  }

  void match(std::string_view data) {
    const Extension extension{.name = text_of(attribute_of(data, NFTA_MATCH_NAME)),
                              .revision = number_of(data, NFTA_MATCH_REV),
                              .info = attribute_of(data, NFTA_MATCH_INFO)};
    for (Rule& rule : drafts_) decode_xt_match(extension, ip_family(), rule);
  }

  void limit(std::string_view data) {
    const bool packets = number_of(data, NFTA_LIMIT_TYPE) == NFT_LIMIT_PKTS;
    const std::string_view rate = attribute_of(data, NFTA_LIMIT_RATE);
    const std::string_view unit = attribute_of(data, NFTA_LIMIT_UNIT);
    if (!packets || rate.size() != 8 || unit.size() != 8) return opaque("limit");
    const bool inverted = (number_of(data, NFTA_LIMIT_FLAGS) & NFT_LIMIT_F_INV) != 0;
    constexpr std::uint32_t kUsualBurst = 5;  // iptables leaves it out
    const std::uint32_t burst = number_of(data, NFTA_LIMIT_BURST);
    std::string words =
        "--limit " + std::to_string(be32(rate.substr(4))) + '/' + unit_word(be32(unit.substr(4)));
    if (burst != 0 && burst != kUsualBurst) words += " --limit-burst " + std::to_string(burst);
    for (Rule& rule : drafts_)
      demand(rule, {.negated = inverted, .name = "limit", .arguments = words});
  }

  static std::string unit_word(std::uint32_t seconds) {
    switch (seconds) {
      case 1: return "sec";
      case 60: return "min";
      case 60 * 60: return "hour";
      case 24 * 60 * 60: return "day";
      default: return std::to_string(seconds) + "s";
    }
  }

  // --- sets ---

  void lookup(std::string_view data) {
    const std::string name{text_of(attribute_of(data, NFTA_LOOKUP_SET))};
    const bool negated = (number_of(data, NFTA_LOOKUP_FLAGS) & NFT_LOOKUP_F_INV) != 0;
    const bool to_register = !attribute_of(data, NFTA_LOOKUP_DREG).empty();
    const std::uint32_t destination = number_of(data, NFTA_LOOKUP_DREG);
    const bool verdicts = to_register && destination == NFT_REG_VERDICT;
    const SetContent* set = around_.set ? around_.set(name) : nullptr;
    const std::size_t slot = Registers::slot_of(number_of(data, NFTA_LOOKUP_SREG));
    bool found = false;
    if (set != nullptr && !(to_register && !verdicts))
      found = verdicts ? look_up_verdict(*set, slot) : look_up(*set, slot, negated);
    if (to_register && !verdicts) registers_.load(destination, {.name = "map"});
    if (found) return;
    opaque("lookup", negated, '@' + name);
    if (verdicts) act({.kind = Action::Kind::target, .name = "vmap", .decoded = false});
  }

  /// One condition with the set's values, or an alternative for each element.
  bool look_up(const SetContent& set, std::size_t slot, bool negated) {
    const bool catches_all =
        std::any_of(set.elements.begin(), set.elements.end(),
                    [](const SetElement& element) { return element.catch_all; });
    if (catches_all) return false;
    if (const auto condition = conditions().one_of(registers_.at(slot), set)) {
      demand_of_all(with(*condition, negated));
      return true;
    }
    return !negated && expand(set, slot);
  }

  /// Each element's key is a part for each register unit that the rule has filled.
  bool expand(const SetContent& set, std::size_t slot) {
    std::vector<Rule> alternatives;
    for (const SetElement& element : set.elements)
      for (const Rule& draft : drafts_) {
        Rule rule = draft;
        if (!demand_parts(element, slot, rule)) return false;
        if (!add_action(element.verdict, rule)) continue;
        if (around_.keep && !around_.keep(rule)) continue;
        if (alternatives.size() == kMaxAlternatives) return false;
        alternatives.push_back(std::move(rule));
      }
    drafts_ = std::move(alternatives);
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
      auto condition = conditions().within(operand, {.low = low, .high = high});
      if (!condition) return false;
      demand(rule, std::move(*condition));
      at += (length + Registers::kUnit - 1) / Registers::kUnit * Registers::kUnit;
    }
    return true;
  }

  /// False for "continue": the element does nothing.
  static bool add_action(const std::string& verdict, Rule& rule) {
    if (verdict.empty()) return true;
    rule.action = verdict_action(verdict);
    return rule.action.kind != Action::Kind::none;
  }

  bool look_up_verdict(const SetContent& set, std::size_t slot) {
    const Operand operand = registers_.at(slot);
    if (!conditions().one_of(operand, set)) {
      if (!operand_is_opaque(operand)) return expand(set, slot);
      return expand_opaque(set, name_of(operand));
    }
    std::vector<Rule> alternatives;
    for (const SetValues& element : values_of(set))
      for (Rule rule : drafts_) {
        demand(rule, *conditions().within(operand, element.values));
        if (add_action(element.verdict, rule)) alternatives.push_back(std::move(rule));
      }
    for (const SetElement& element : set.elements)
      if (element.catch_all) add_catch_all(set, operand, element, alternatives);
    if (alternatives.size() > kMaxAlternatives) return false;
    drafts_ = std::move(alternatives);
    return true;
  }

  static bool operand_is_opaque(const Operand& operand) {
    return operand.kind == Operand::Kind::unknown;
  }

  /// "numgen random mod 2 vmap { 0 : jump a, 1 : jump b }": any of the elements.
  bool expand_opaque(const SetContent& set, const std::string& name) {
    std::vector<Rule> alternatives;
    for (const SetElement& element : set.elements)
      for (Rule rule : drafts_) {
        demand(rule, {.name = name, .decoded = false});
        if (add_action(element.verdict, rule)) alternatives.push_back(std::move(rule));
      }
    if (alternatives.size() > kMaxAlternatives) return false;
    drafts_ = std::move(alternatives);
    return true;
  }

  void add_catch_all(const SetContent& set, const Operand& operand, const SetElement& element,
                     std::vector<Rule>& alternatives) {
    for (Rule rule : drafts_) {
      demand(rule, with(*conditions().one_of(operand, set), true));
      if (add_action(element.verdict, rule)) alternatives.push_back(std::move(rule));
    }
  }

  // --- actions ---

  void act(const Action& action) {
    for (Rule& rule : drafts_)
      if (action.kind != Action::Kind::none) rule.action = action;
  }

  /// Something that happens here, whatever follows in the rule.
  void have_effect(const Action& action) {
    for (Rule rule : drafts_) {
      rule.action = action;
      effects_.push_back(std::move(rule));
    }
  }

  void set_something(std::string_view name, std::string_view data) {
    if (name == "objref") {
      constexpr std::uint32_t kCounter = NFT_OBJECT_COUNTER;
      constexpr std::uint32_t kHelper = NFT_OBJECT_CT_HELPER;
      const std::uint32_t type = number_of(data, NFTA_OBJREF_IMM_TYPE);
      if (type != kCounter && type != kHelper) opaque("objref");
      return;
    }
    if (name == "meta" && number_of(data, NFTA_META_KEY) == NFT_META_MARK)
      return set_mark(registers_.content(number_of(data, NFTA_META_SREG)));
    if (name == "meta") return;  // priority, nftrace, pkttype
    if (name == "ct" && number_of(data, NFTA_CT_KEY) != NFT_CT_MARK &&
        number_of(data, NFTA_CT_KEY) != NFT_CT_ZONE)
      return;  // labels, helper, events
    have_effect({.kind = Action::Kind::target,
                 .name = name == "ct" ? "CONNMARK" : std::string{name},
                 .decoded = false});
  }

  void set_mark(const Operand& source) {
    std::optional<std::pair<std::uint32_t, std::uint32_t>> change;  // clear, then change
    if (source.kind == Operand::Kind::constant && source.value.size() == kNumberBytes) {
      change = {UINT32_MAX, be32(in_network_order(source.value, true))};
    } else if (source.kind == Operand::Kind::field && source.pieces.size() == 1 &&
               source.pieces.front().field == Field::mark) {
      const std::string all(kNumberBytes, '\xff');
      const std::string none(kNumberBytes, '\0');
      change = {~be32(in_network_order(source.mask.empty() ? all : source.mask, true)),
                be32(in_network_order(source.flipped.empty() ? none : source.flipped, true))};
    }
    if (!change)
      return have_effect({.kind = Action::Kind::target, .name = "MARK", .decoded = false});
    have_effect(
        {.kind = Action::Kind::set_mark,
         .name = "MARK",
         .arguments = "--set-xmark " + hex_text(change->second) + '/' + hex_text(change->first),
         .clear = change->first,
         .change = change->second});
  }

  // ---

  [[nodiscard]] OperandConditions conditions() const { return {around_, family_}; }

  [[nodiscard]] IpFamily ip_family() const {
    return family_ == NFPROTO_IPV6 ? IpFamily::ipv6 : IpFamily::ipv4;
  }

  static bool asks_for_mark(const Rule& rule) {
    return std::any_of(rule.conditions.begin(), rule.conditions.end(),
                       [](const Condition& condition) { return condition.field == Field::mark; });
  }

  const RuleSurroundings& around_;
  std::uint8_t family_ = NFPROTO_UNSPEC;  ///< of the packets that come so far
  std::uint8_t protocol_ = 0;             ///< the same
  Registers registers_ = {};
  std::vector<Rule> drafts_ = {Rule{}};
  std::vector<Rule> effects_ = {};
};

}  // namespace

std::vector<Rule> decode_rules(std::string_view expressions, std::string_view user_data,
                               const RuleSurroundings& surroundings) {
  RuleDecoder decoder{surroundings};
  for_each_expression(expressions, [&](std::string_view name, std::string_view data) {
    decoder.expression(name, data);
  });
  return decoder.finish(user_comment(user_data));
}

Rule decode_rule_conditions(std::string_view expressions, std::string_view user_data,
                            std::uint8_t family) {
  std::vector<Rule> rules = decode_rules(expressions, user_data, {.family = family});
  if (rules.empty()) return {};
  Rule rule = std::move(rules.back());
  if (rules.size() > 1) rule.action.decoded = false;
  return rule;
}

Rule decode_rule_conditions(std::string_view attributes, std::uint8_t family) {
  return decode_rule_conditions(attribute_of(attributes, NFTA_RULE_EXPRESSIONS),
                                attribute_of(attributes, NFTA_RULE_USERDATA), family);
}

}  // namespace iptmode::kernel
