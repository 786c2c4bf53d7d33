// SPDX-License-Identifier: GPL-2.0-or-later
#include "rule_text/judge.h"

#include <algorithm>
#include <utility>

#include "rule_text/compare.h"

namespace iptmode::rule_text {
namespace {

using Outcome = ReadingVerdict::Outcome;

std::vector<std::string> words_of(const std::vector<Difference>& differences, bool certain_only) {
  std::vector<std::string> words;
  for (const Difference& difference : differences)
    if (difference.certain || !certain_only) words.push_back(difference.words);
  return words;
}

ReadingVerdict verdict(Outcome outcome, const std::vector<Difference>& differences,
                       const RuleText& reading) {
  return {.outcome = outcome,
          .differences = words_of(differences, outcome == Outcome::misread),
          .reading = reading.text};
}

ReadingVerdict by_expressions(const RuleShape& shape, const RuleText& reading) {
  const auto found = differences(shape.rule, reading);
  if (any_certain(found)) return verdict(Outcome::misread, found, reading);
  return verdict(found.empty() ? Outcome::same_meaning : Outcome::undecided, found, reading);
}

/// It reads as the newest do. What they all overlook in a native rule is lost all the same; in a
/// rule that iptables wrote it is more likely that the expressions are misunderstood here.
ReadingVerdict as_the_newest(const RuleShape& shape, Outcome outcome, const RuleText& reading) {
  const auto found = differences(shape.rule, reading);
  if (!any_certain(found)) return verdict(outcome, {}, reading);
  return verdict(shape.native ? Outcome::misread : Outcome::undecided, found, reading);
}

}  // namespace

bool same_meaning(const RuleText& a, const RuleText& b) {
  return a.text == b.text || differences(a.rule, b).empty();
}

bool fits(const Rule& truth, const RuleText& reading) {
  return !any_certain(differences(truth, reading));
}

ReadingVerdict judge_reading(const RuleShape& shape, const std::optional<RuleText>& agreed,
                             const RuleText& reading) {
  if (!agreed) return by_expressions(shape, reading);
  if (reading.text == agreed->text) return as_the_newest(shape, Outcome::same, reading);
  const auto found = differences(agreed->rule, reading);
  if (found.empty()) return as_the_newest(shape, Outcome::same_meaning, reading);

  const auto by_kernel = differences(shape.rule, reading);
  if (any_certain(by_kernel)) return verdict(Outcome::misread, by_kernel, reading);
  const bool newest_contradicted = any_certain(differences(shape.rule, *agreed));
  if (newest_contradicted || !any_certain(found))
    return verdict(Outcome::undecided, found, reading);
  return verdict(Outcome::misread, found, reading);
}

}  // namespace iptmode::rule_text
