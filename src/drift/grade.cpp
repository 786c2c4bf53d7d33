// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <optional>

#include "drift/parts.h"
#include "iptmode/component.h"

namespace iptmode::drift {

namespace {

// The worst of the values; an excepted finding does no harm.
int harm(const std::vector<std::string>& severities) {
  int worst = 0;
  for (const std::string& value : severities)
    if (const auto severity = severity_from_string(value))
      worst = std::max(worst, static_cast<int>(*severity));
  return worst;
}

Grade grade_of_finding(const Change& change) {
  const int before = harm(change.before);
  const int now = harm(change.now);
  if (before == now) return Grade::change;
  return now > before ? Grade::regression : Grade::recovery;
}

Grade grade_of_support(const Change& change) {
  const std::vector<std::string> yes{"yes"};
  if (change.before == yes && change.now != yes) return Grade::regression;
  return change.now == yes ? Grade::recovery : Grade::change;
}

Grade grade_of_process(const Change& change) {
  const auto kind = component_from_string(change.subject);
  const bool needed = kind && traits(*kind).kubernetes;
  return needed && change.now.empty() ? Grade::regression : Grade::change;
}

bool is_about(const Change& finding, const std::string& subject) {
  return finding.subject == kFinding && finding.aspect.find(" " + subject) != std::string::npos;
}

// By what happened to the findings about it: a backend is neither better nor worse in itself.
Grade grade_by_findings(const Change& change, const std::vector<Change>& changes) {
  const auto has = [&](Grade grade) {
    return std::ranges::any_of(changes, [&](const Change& other) {
      return is_about(other, change.subject) && grade_of_finding(other) == grade;
    });
  };
  const bool worse = has(Grade::regression);
  if (worse == has(Grade::recovery)) return Grade::change;
  return worse ? Grade::regression : Grade::recovery;
}

// It runs, or its process would have told it all, and nothing of its own is in the kernel any more.
bool has_lost_its_rules(const Change& change) {
  return change.aspect == kInKernel && change.now.empty();
}

Grade grade_of(const Change& change, const std::vector<Change>& changes) {
  if (change.subject == kFinding) return grade_of_finding(change);
  if (change.subject == "kernel") return grade_of_support(change);
  if (change.aspect == kProcess) return grade_of_process(change);
  if (has_lost_its_rules(change)) return Grade::regression;
  return grade_by_findings(change, changes);
}

}  // namespace

void grade(std::vector<Change>& changes) {
  for (Change& change : changes) change.grade = grade_of(change, changes);
}

}  // namespace iptmode::drift
