// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "drift/parts.h"

namespace iptmode {

namespace {

using drift::Subject;
using drift::Table;
using drift::Values;

// Older baselines hold notes, too. They never count.
bool is_note(const StableFact& fact) {
  return fact.subject == drift::kFinding && fact.value.starts_with(to_string(Severity::info));
}

Table table_of(const std::vector<StableFact>& facts) {
  Table table;
  for (const StableFact& fact : facts)
    if (fact.subject != drift::kUnseen && !is_note(fact))
      table[{fact.subject, fact.aspect}].insert(fact.value);
  return table;
}

Table spelled_out(Table table) {
  drift::spell_out_programs(table);
  return table;
}

const Values& values_in(const Table& table, const Subject& key) {
  static const Values none;
  const auto found = table.find(key);
  return found == table.end() ? none : found->second;
}

// Whether the process itself came or went, which says it all: its other facts came or went along.
bool told_by_process(const Subject& key, const Table& before, const Table& now) {
  const Subject process{key.first, std::string{drift::kProcess}};
  if (key == process) return false;
  const bool ran = !values_in(before, process).empty();
  const bool runs = !values_in(now, process).empty();
  if (ran == runs) return false;
  return (ran ? values_in(now, key) : values_in(before, key)).empty();
}

// What was there and may still be, behind a gap; and what was seen to be new, in spite of it.
struct Sight {
  bool lost_behind_gap = false;
  bool differs = false;
};

/// What cannot be seen now.
struct Unseen {
  std::set<Fact> areas = {};
  bool readings = false;  ///< nobody could be asked to read the rules

  [[nodiscard]] bool hides(const StableFact& fact) const {
    return drift::is_hidden(fact, areas) || (readings && drift::rests_on_readings(fact));
  }
};

Sight look(const Subject& key, const Values& before, const Values& now, const Unseen& unseen) {
  Sight sight;
  for (const std::string& value : before)
    if (!now.contains(value)) {
      const StableFact fact{.subject = key.first, .aspect = key.second, .value = value};
      (unseen.hides(fact) ? sight.lost_behind_gap : sight.differs) = true;
    }
  for (const std::string& value : now)
    if (!before.contains(value)) {
      const StableFact fact{.subject = key.first, .aspect = key.second, .value = value};
      if (!drift::says_nothing(value) || !unseen.hides(fact)) sight.differs = true;
    }
  return sight;
}

std::string name_of(const Subject& key) {
  return fmt::format("{}, {}", key.first, key.second);
}

std::string words(const std::vector<std::string>& values) {
  return fmt::format("{}", fmt::join(values, " and "));
}

// How the absence of an aspect reads.
std::string_view absence(const Change& change, bool is_now) {
  if (change.aspect == drift::kProcess || change.subject == drift::kFinding)
    return is_now ? "gone" : "not there";
  return "nothing";
}

auto rank_of(const Change& change) {
  return std::tie(change.grade, change.subject, change.aspect);
}

// A finding that counts neither now nor, where it is gone, before. One that counts again is a
// regression, and one that counted and is gone is a recovery.
bool is_excepted(const Change& change) {
  const auto covered = [](const std::string& value) { return value.ends_with(drift::kExcepted); };
  const std::vector<std::string>& values = change.now.empty() ? change.before : change.now;
  return change.subject == drift::kFinding && std::ranges::all_of(values, covered);
}

void set_excepted_apart(Comparison& comparison) {
  auto& changes = comparison.changes;
  std::ranges::copy_if(changes, std::back_inserter(comparison.excepted), is_excepted);
  std::erase_if(changes, is_excepted);
}

}  // namespace

std::string_view to_string(Grade grade) noexcept {
  switch (grade) {
    case Grade::regression: return "regression";
    case Grade::recovery: return "recovery";
    case Grade::change: return "change";
  }
  return "invalid";
}

unsigned Comparison::count(Grade grade) const {
  return static_cast<unsigned>(std::ranges::count(changes, grade, &Change::grade));
}

std::string to_string(const Change& change) {
  const std::string before =
      change.before.empty() ? std::string{absence(change, false)} : words(change.before);
  const std::string now =
      change.now.empty() ? std::string{absence(change, true)} : words(change.now);
  const bool plain = change.aspect == drift::kIptables || change.aspect == drift::kProcess;
  if (plain) return fmt::format("{}: {} -> {}", change.subject, before, now);
  if (change.subject == drift::kFinding)
    return fmt::format("finding {}: {} -> {}", change.aspect, before, now);
  return fmt::format("{}, {}: {} -> {}", change.subject, change.aspect, before, now);
}

Comparison compare(const std::vector<StableFact>& before, const std::vector<StableFact>& now) {
  const Table stored = table_of(before);
  const Table old_table = spelled_out(stored);
  const Table new_table = spelled_out(table_of(now));
  const Subject not_read{"node", std::string{drift::kNotRead}};
  const Unseen unseen{.areas = drift::unseen_areas(now),
                      .readings = !values_in(new_table, not_read).empty()};
  std::set<Subject> keys;
  for (const Table* table : {&old_table, &new_table})
    for (const auto& [key, values] : *table) keys.insert(key);

  Comparison comparison{.blind = !unseen.areas.empty()};
  for (const Subject& key : keys) {
    const Values& was = values_in(old_table, key);
    const Values& is = values_in(new_table, key);
    const Sight sight = look(key, was, is, unseen);
    if (sight.lost_behind_gap && stored.contains(key)) comparison.unseen.push_back(name_of(key));
    if (sight.differs && !told_by_process(key, old_table, new_table))
      comparison.changes.push_back({.subject = key.first,
                                    .aspect = key.second,
                                    .before = {was.begin(), was.end()},
                                    .now = {is.begin(), is.end()}});
  }
  comparison.changes = drift::without_repetitions(comparison.changes);
  drift::grade(comparison.changes);
  set_excepted_apart(comparison);
  std::ranges::sort(comparison.changes,
                    [](const Change& a, const Change& b) { return rank_of(a) < rank_of(b); });
  return comparison;
}

}  // namespace iptmode
