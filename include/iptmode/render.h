// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

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

/// The text format of Prometheus for node_exporter's textfile collector: without sample timestamps,
/// which make it refuse the file, and without pids, messages or pod names in labels. A table that
/// was not read has no series; iptmode_gaps says that something is missing.
[[nodiscard]] std::string render_prometheus(const Report& report);

/// How a monitoring system is told a result. The caller knows from which severity on a finding
/// counts as critical.
enum class ServiceState : std::uint8_t { ok, warning, critical, unknown };

/// One line of ASCII for node-problem-detector, which cuts it after 80 bytes: "ok: ...",
/// "problem: ...", "unknown: ...". The first word carries the state to a reader of a stored line.
[[nodiscard]] std::string render_npd(const Report& report, ServiceState state);
/// The same when there is no report: `reason` is why.
[[nodiscard]] std::string render_npd_unknown(std::string_view reason);

/// For Nagios, Icinga and their kin: the status line with performance data, then one line for each
/// finding, at most 4 KiB in all (NRPE cuts there).
[[nodiscard]] std::string render_nagios(const Report& report, ServiceState state);
[[nodiscard]] std::string render_nagios_unknown(std::string_view reason);

/// Which iptables reads which rules how: readers, then the shapes that are not read alike, then a
/// summary; with `verbose` all shapes.
[[nodiscard]] std::string render_cross_reading(const Snapshot& snapshot, const TextStyle& style);
/// iptmode.crossread/1, indent 2, keys in fixed order, final newline, valid UTF-8.
[[nodiscard]] std::string render_cross_reading_json(const Snapshot& snapshot);

/// What one check looks for, why it matters, how to mend it, where the facts come from.
[[nodiscard]] std::string render_explanation(const Check& check, const TextStyle& style);
/// The list of checks, one a line: id, usual severity, title.
[[nodiscard]] std::string render_check_list(const TextStyle& style);

}  // namespace iptmode
