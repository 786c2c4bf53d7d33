// SPDX-License-Identifier: GPL-2.0-or-later
#include "rule_text/compare.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "rule_text/canonical.h"
#include "rule_text/option_groups.h"

namespace iptmode::rule_text {
namespace {

using Conditions = std::vector<Condition>;

/// As iptables spells it, without the name of the match: "--mark 0x4000/0x4000".
std::string spelt_condition(const Condition& condition) {
  std::string words = to_string(Rule{.conditions = {condition}});
  const bool field = condition.field != Field::extension;
  if (field && words.starts_with("-m "))
    if (const std::size_t option = words.find(' ', 3); option != std::string::npos)
      words.erase(0, option + 1);
  return words;
}

/// In the words that the rule itself has for it; of a prefix the mask is part of the value.
std::string condition_words(const Condition& one, const Rule& rule) {
  const bool address = one.field == Field::source || one.field == Field::destination;
  if (!address)
    for (const Condition& condition : rule.conditions)
      if (condition.field == one.field && canonical(condition) == one)
        return spelt_condition(condition);
  return spelt_condition(one);
}

std::string words_of(const Action& action) {
  return action.kind == Action::Kind::none ? "no target" : to_string(Rule{.action = action});
}

/// The matches whose words can stand for a condition on a field, where they are not decoded.
std::vector<std::string_view> stand_ins(Field field) {
  switch (field) {
    case Field::source:
    case Field::destination: return {"iprange"};
    case Field::source_port:
    case Field::destination_port: return {"tcp", "udp", "sctp", "dccp", "udplite", "multiport"};
    case Field::mark: return {"mark"};
    case Field::conntrack_mark: return {"connmark"};
    case Field::conntrack_state: return {"conntrack", "state"};
    case Field::conntrack_status: return {"conntrack"};
    case Field::tcp_flags: return {"tcp"};
    case Field::icmp_type:
    case Field::icmp_code: return {"icmp", "icmp6"};
    case Field::source_type:
    case Field::destination_type: return {"addrtype", "fib"};
    case Field::in_interface:
    case Field::out_interface: return {"physdev"};
    default: return {};
  }
}

bool names_one(const Conditions& conditions, const std::vector<std::string_view>& names) {
  return std::ranges::any_of(conditions, [&](const Condition& condition) {
    return condition.field == Field::extension &&
           std::ranges::find(names, condition.name) != names.end();
  });
}

Conditions of_field(const Conditions& conditions, Field field) {
  Conditions found;
  for (const Condition& condition : conditions)
    if (condition.field == field) found.push_back(condition);
  return found;
}

/// Takes away what both have.
void cancel_equal(Conditions& a, Conditions& b) {
  std::erase_if(a, [&](const Condition& condition) {
    const auto same = std::ranges::find(b, condition);
    if (same == b.end()) return false;
    b.erase(same);
    return true;
  });
}

/// Whether `truth` holds something whose words are not known.
bool is_partly_unknown(const Conditions& truth) {
  return std::ranges::any_of(truth, [](const Condition& condition) { return !condition.decoded; });
}

struct Side {
  const Rule& rule;
  Conditions conditions;  ///< canonical
  [[nodiscard]] std::string words_of(const Condition& one) const {
    return condition_words(one, rule);
  }
};

struct Sides {
  Side truth;
  Side got;
  std::vector<Difference>& found;
};

void compare_field(Field field, const Sides& sides) {
  Conditions wanted = of_field(sides.truth.conditions, field);
  Conditions present = of_field(sides.got.conditions, field);
  cancel_equal(wanted, present);
  const std::size_t changed = std::min(wanted.size(), present.size());
  for (std::size_t at = 0; at < changed; ++at)
    sides.found.push_back(
        {sides.truth.words_of(wanted[at]) + " is read as " + sides.got.words_of(present[at]),
         true});
  for (std::size_t at = changed; at < wanted.size(); ++at)
    sides.found.push_back({sides.truth.words_of(wanted[at]) + " is missing",
                           !names_one(sides.got.conditions, stand_ins(field))});
  const bool sure = !is_partly_unknown(sides.truth.conditions) &&
                    !names_one(sides.truth.conditions, stand_ins(field));
  for (std::size_t at = changed; at < present.size(); ++at)
    sides.found.push_back({sides.got.words_of(present[at]) + " is added", sure});
}

/// The first of `candidates` by that name, taken out; nothing when there is none.
std::optional<Condition> take_named(Conditions& candidates, std::string_view name) {
  const auto found = std::ranges::find(candidates, name, &Condition::name);
  if (found == candidates.end()) return std::nullopt;
  Condition taken = std::move(*found);
  candidates.erase(found);
  return taken;
}

void compare_extensions(const Sides& sides, const std::vector<std::string>& modules) {
  Conditions wanted = of_field(sides.truth.conditions, Field::extension);
  Conditions present = of_field(sides.got.conditions, Field::extension);
  cancel_equal(wanted, present);
  Conditions lost;
  for (const Condition& condition : wanted) {
    const auto same_name = take_named(present, condition.name);
    const bool named = std::ranges::find(modules, condition.name) != modules.end();
    if (!same_name && !named) lost.push_back(condition);
    if (!same_name || !condition.decoded || condition.arguments == same_name->arguments) continue;
    sides.found.push_back(
        {spelt_condition(condition) + " is read as " + spelt_condition(*same_name), false});
  }
  // A match by another name may be the same thing in iptables' words.
  const bool sure = present.empty();
  for (const Condition& condition : lost)
    sides.found.push_back({spelt_condition(condition) + " is missing", sure});
  if (is_partly_unknown(sides.truth.conditions)) return;
  for (const Condition& condition : present)
    sides.found.push_back({spelt_condition(condition) + " is added", false});
}

bool same_words(const Action& truth, const Action& got) {
  return canonical_options(truth.name, truth.arguments) ==
         canonical_options(got.name, got.arguments);
}

/// A chain may have the name of a target; only the kernel and the list of chains can tell.
bool leads_to_same(const Action& truth, const Action& got) {
  const auto place = [](const Action& action) {
    return action.chain.empty() ? action.name : action.chain;
  };
  const bool go_to = (truth.kind == Action::Kind::go_to) == (got.kind == Action::Kind::go_to);
  return go_to && place(truth) == place(got);
}

void compare_actions(const Action& truth, const Action& got, std::vector<Difference>& found) {
  using Kind = Action::Kind;
  const auto differ = [&](bool certain) {
    found.push_back({words_of(truth) + " is read as " + words_of(got), certain});
  };
  const bool jumps = truth.kind == Kind::jump || truth.kind == Kind::go_to;
  if (jumps) {
    if (!leads_to_same(truth, got)) differ(true);
  } else if (truth.kind == Kind::set_mark) {
    const bool same =
        got.kind == Kind::set_mark && got.clear == truth.clear && got.change == truth.change;
    if (!same) differ(got.kind != Kind::target);
  } else if (truth.kind != got.kind) {
    differ(truth.decoded || got.kind == Kind::none);
  } else if (truth.kind == Kind::target && truth.name != got.name) {
    differ(truth.decoded);
  } else if (truth.decoded && !same_words(truth, got)) {
    differ(false);
  }
}

}  // namespace

std::vector<Difference> differences(const Rule& truth, const RuleText& got) {
  std::vector<Difference> found;
  const Sides sides{.truth = {truth, canonical_conditions(truth)},
                    .got = {got.rule, canonical_conditions(got.rule)},
                    .found = found};
  std::set<Field> fields;
  for (const Side* side : {&sides.truth, &sides.got})
    for (const Condition& condition : side->conditions) fields.insert(condition.field);
  fields.erase(Field::extension);
  for (const Field field : fields) compare_field(field, sides);
  compare_extensions(sides, got.modules);
  if (!truth.comment.empty() && truth.comment != got.rule.comment)
    found.push_back({"the comment " + (got.rule.comment.empty() ? std::string{"is missing"}
                                                                : "is read as " + got.rule.comment),
                     true});
  compare_actions(truth.action, got.rule.action, found);
  return found;
}

bool any_certain(const std::vector<Difference>& differences) {
  return std::ranges::any_of(differences, &Difference::certain);
}

}  // namespace iptmode::rule_text
