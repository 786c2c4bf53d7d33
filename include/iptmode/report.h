// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "iptmode/diagnose.h"
#include "iptmode/snapshot.h"

namespace iptmode {

enum class Verdict : std::uint8_t { pass, warn, fail, unknown };
[[nodiscard]] std::string_view to_string(Verdict verdict) noexcept;

/// How many checks ended how; `suppressed` counts findings.
struct Summary {
  unsigned pass = 0, warn = 0, fail = 0, skip = 0, unknown = 0, suppressed = 0;
  bool operator==(const Summary&) const = default;
};

/// A judged snapshot: what every output format is rendered from.
struct Report {
  Verdict verdict = Verdict::unknown;
  std::string message = {};  ///< one line, printable ASCII, no quotes and no backslashes
  Summary summary = {};
  std::string fingerprint = {};  ///< hex, over the stable state only
  std::vector<CheckResult> checks = {};
  std::vector<ExceptionUse> exceptions = {};  ///< in the order in which they were given
  Snapshot snapshot = {};
};

/// A known fault is `fail` whatever else could not be seen; without one, a gap that could hide one
/// is `unknown`; then `warn`, then `pass`.
[[nodiscard]] Report judge(Snapshot snapshot, const Selection& selection = {},
                           std::span<const Exception> exceptions = {});

/// The worst severity of any finding that is not suppressed; nothing when there is none.
[[nodiscard]] std::optional<Severity> worst(const Report& report);

}  // namespace iptmode
