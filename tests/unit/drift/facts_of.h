// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

#include "iptmode/drift.h"
#include "snapshot_builder.h"

namespace iptmode::testing {

/// The facts of a node with the findings that the checks make of it.
[[nodiscard]] inline std::vector<StableFact> facts_of(const Snapshot& snapshot) {
  return stable_facts(snapshot, diagnose(snapshot));
}

/// What changed between two nodes, one line each: "regression kube-router: ...".
[[nodiscard]] inline std::vector<std::string> drift_of(const Snapshot& before,
                                                       const Snapshot& now) {
  std::vector<std::string> lines;
  for (const Change& change : compare(facts_of(before), facts_of(now)).changes)
    lines.push_back(std::string{to_string(change.grade)} + " " + to_string(change));
  return lines;
}

}  // namespace iptmode::testing
