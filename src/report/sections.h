// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "iptmode/report.h"
#include "report/paint.h"

namespace iptmode::report {

using Lines = std::vector<std::string>;

/// What every section of the text report is drawn with.
struct Canvas {
  Paint paint;
  std::size_t width = 100;
};

/// The verdict and its message; the node beside it or, where there is no room, below.
[[nodiscard]] Lines headline(const Report& report, const Canvas& canvas);

/// One table for the node, then one for each other network namespace, then what is not counted.
[[nodiscard]] Lines component_lines(const Report& report, const Canvas& canvas);

/// Who holds what in each backend, and what could not be read or is not there.
[[nodiscard]] Lines kernel_lines(const Report& report, const Canvas& canvas);

/// Worst first: severity, check, subject; message; what was seen; what mends it.
[[nodiscard]] Lines finding_lines(const Report& report, const Canvas& canvas);

/// One line for each finding, of any length.
[[nodiscard]] Lines brief_finding_lines(const Report& report, const Canvas& canvas);

/// What became of each exception, those that are stale marked.
[[nodiscard]] Lines exception_lines(const std::vector<ExceptionUse>& uses, const Canvas& canvas);

/// Every check with its status and reason.
[[nodiscard]] Lines check_lines(const Report& report, const Canvas& canvas);

/// What could not be seen.
[[nodiscard]] Lines gap_lines(const Report& report, const Canvas& canvas);

/// Counts of findings, checks and gaps in one sentence.
[[nodiscard]] Lines summary_lines(const Report& report, const Canvas& canvas);

}  // namespace iptmode::report
