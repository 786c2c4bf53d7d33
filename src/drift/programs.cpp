// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include <fmt/format.h>

#include "drift/parts.h"

namespace iptmode::drift {

namespace {

constexpr std::string_view kLinkChain = "link chain";

std::string chain_of(std::string_view name) {
  return fmt::format("{} of {}", kLinkChain, name);
}

void spell_out(Table& table, const std::string& subject, std::string_view like,
               const std::string& aspect) {
  const auto known = table.find({subject, std::string{like}});
  if (known != table.end()) table.try_emplace({subject, aspect}, known->second);
}

bool has_changed(const std::vector<Change>& changes, const Change& of, std::string_view aspect) {
  return std::ranges::any_of(changes, [&](const Change& other) {
    return other.subject == of.subject && other.aspect == aspect;
  });
}

bool changed_alike(const std::vector<Change>& changes, const Change& of, std::string_view aspect) {
  return std::ranges::any_of(changes, [&](const Change& other) {
    return other.subject == of.subject && other.aspect == aspect && other.before == of.before &&
           other.now == of.now;
  });
}

// The program says more than the links that lead to it, and `iptables` stands for the other names.
bool is_told_elsewhere(const Change& change, const std::vector<Change>& changes) {
  if (change.aspect == kLinkChain) return has_changed(changes, change, kIptables);
  for (const std::string_view name : six_names()) {
    if (name == kIptables) continue;
    if (change.aspect == name) return changed_alike(changes, change, kIptables);
    if (change.aspect == chain_of(name))
      return has_changed(changes, change, name) || changed_alike(changes, change, kLinkChain);
  }
  return false;
}

}  // namespace

void spell_out_programs(Table& table) {
  std::set<std::string> subjects;
  for (const auto& [key, values] : table)
    if (key.second == kIptables) subjects.insert(key.first);
  for (const std::string& subject : subjects)
    for (const std::string_view name : six_names()) {
      if (name == kIptables) continue;
      spell_out(table, subject, kIptables, std::string{name});
      spell_out(table, subject, kLinkChain, chain_of(name));
    }
}

std::vector<Change> without_repetitions(const std::vector<Change>& changes) {
  std::vector<Change> told;
  for (const Change& change : changes)
    if (!is_told_elsewhere(change, changes)) told.push_back(change);
  return told;
}

}  // namespace iptmode::drift
