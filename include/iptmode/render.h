// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <string>

#include "iptmode/diagnose.h"
#include "iptmode/report.h"

namespace iptmode {

/// How text is laid out. The caller knows the terminal; rendering does not.
struct TextStyle {
  bool colour = false;
  std::size_t width = 100;  ///< columns; lines of prose are wrapped, table cells shortened
  bool verbose = false;     ///< also the checks that passed and what was skipped, with reasons
  bool quiet = false;       ///< the verdict line and the findings, a line each
};

/// For people: verdict, component table, kernel, findings, gaps. Ends in a newline.
[[nodiscard]] std::string render_text(const Report& report, const TextStyle& style);

/// iptmode.report/1, indent 2, keys in fixed order, arrays sorted, final newline, valid UTF-8
/// whatever bytes the node held.
[[nodiscard]] std::string render_json(const Report& report);

/// What one check looks for, why it matters, how to mend it, where the facts come from.
[[nodiscard]] std::string render_explanation(const Check& check, const TextStyle& style);
/// The list of checks, one a line: id, usual severity, title.
[[nodiscard]] std::string render_check_list(const TextStyle& style);

}  // namespace iptmode
