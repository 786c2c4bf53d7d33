// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "iptmode/diagnose.h"

namespace iptmode::testing {

/// The result of one check on a snapshot, by the whole engine.
[[nodiscard]] inline CheckResult result_of(std::string_view id, const Snapshot& snapshot) {
  const auto results = diagnose(snapshot, {.only = {std::string{id}}});
  const auto found = std::ranges::find(results, id, &CheckResult::id);
  return found == results.end() ? CheckResult{.message = "no such check"} : *found;
}

/// Everything a finding says, one line each: for HasSubstr.
[[nodiscard]] inline std::string text_of(const Finding& finding) {
  std::string text = finding.subject + "\n" + finding.message + "\n";
  for (const std::string& line : finding.evidence) text += line + "\n";
  for (const std::string& line : finding.remedy) text += line + "\n";
  return text;
}

}  // namespace iptmode::testing
