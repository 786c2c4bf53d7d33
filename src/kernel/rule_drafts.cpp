// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/rule_drafts.h"

#include <linux/netfilter.h>

#include <algorithm>
#include <utility>

namespace iptmode::kernel {
namespace {

bool asks_for_mark(const Rule& rule) {
  return std::any_of(rule.conditions.begin(), rule.conditions.end(),
                     [](const Condition& condition) { return condition.field == Field::mark; });
}

bool is_of_one_family(std::uint8_t family) {
  return family == NFPROTO_IPV4 || family == NFPROTO_IPV6;
}

}  // namespace

RuleDrafts::RuleDrafts(const RuleSurroundings& around)
    : around_{around},
      family_{is_of_one_family(around.family) ? around.family : std::uint8_t{NFPROTO_UNSPEC}} {}

IpFamily RuleDrafts::ip_family() const {
  return family_ == NFPROTO_IPV6 ? IpFamily::ipv6 : IpFamily::ipv4;
}

void RuleDrafts::opaque(const std::string& name, bool negated, const std::string& arguments) {
  for (Rule& rule : drafts_)
    demand(rule, {.negated = negated, .name = name, .arguments = arguments, .decoded = false});
}

void RuleDrafts::demand_of_all(const Condition& condition) {
  if (condition.field == Field::family) return demand_family(condition);
  for (Rule& rule : drafts_) demand(rule, condition);
  const bool one_value = !condition.negated && condition.mask.empty() &&
                         condition.any_of.size() == 1 &&
                         condition.any_of.front().low == condition.any_of.front().high;
  if (condition.field == Field::protocol && one_value && !condition.any_of.front().low.empty())
    protocol_ = static_cast<std::uint8_t>(condition.any_of.front().low.front());
}

/// In a table of one family every packet is of it.
void RuleDrafts::demand_family(Condition condition) {
  const bool only = is_of_one_family(around_.family);
  const auto holds = [&](std::uint8_t family) {
    const std::string value(1, static_cast<char>(family));
    return condition.negated !=
           std::any_of(condition.any_of.begin(), condition.any_of.end(),
                       [&](const Interval& any) { return any.low <= value && value <= any.high; });
  };
  if (only && holds(around_.family)) return;
  if (only) condition = {.field = Field::family};
  if (!only && holds(NFPROTO_IPV4) != holds(NFPROTO_IPV6))
    family_ = holds(NFPROTO_IPV4) ? NFPROTO_IPV4 : NFPROTO_IPV6;
  for (Rule& rule : drafts_) demand(rule, condition);
}

void RuleDrafts::act(const Action& action) {
  for (Rule& rule : drafts_)
    if (action.kind != Action::Kind::none) rule.action = action;
}

void RuleDrafts::have_effect(const Action& action) {
  for (Rule rule : drafts_) {
    rule.action = action;
    effects_.push_back(std::move(rule));
  }
}

std::vector<Rule> RuleDrafts::finish(std::string_view comment) {
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

}  // namespace iptmode::kernel
