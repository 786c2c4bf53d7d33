// SPDX-License-Identifier: GPL-2.0-or-later
#include <utility>

#include <fmt/format.h>

#include "cli/baseline.h"
#include "iptmode/escape.h"

namespace iptmode::cli {

namespace {

using state::StateDirectory;

Result<std::string> stored_history() {
  const auto directory = StateDirectory::open(state::state_path());
  if (!directory && directory.error().code == std::errc::no_such_file_or_directory) return "";
  if (!directory) return tl::unexpected(directory.error());
  const auto history = directory->read(std::string{kHistoryFile}, kMaxHistoryBytes * 2);
  if (!history) return tl::unexpected(history.error());
  return history->value_or("");
}

CommandResult timeline(const Options& options) {
  const auto history = stored_history();
  if (!history) return tl::unexpected(Failure{.message = to_string(history.error())});
  return Outcome{.text = options.format == Format::json ? render_history_json(*history)
                                                        : render_history_text(*history)};
}

// A state directory that was copied along with an image says nothing about this node.
tl::expected<void, Failure> check_host(const Baseline& baseline, const Baseline& now) {
  if (baseline.hostname == escape(now.hostname)) return {};
  return tl::unexpected(Failure{
      .message = fmt::format("the baseline is of {}, this is {}: if that is right, accept this "
                             "node as it is: iptmode baseline accept",
                             escape(baseline.hostname), escape(now.hostname))});
}

std::string keep(const DriftReport& report) {
  const auto history = stored_history();
  if (history && !next_entry(*history, report)) return "";
  const auto directory = StateDirectory::open(state::state_path());
  if (!directory) return to_string(directory.error());
  const auto held = directory->lock();
  if (!held) return to_string(held.error());
  // Looked at once more: another run may have told the same while this one waited.
  const auto current = stored_history();
  if (!current) return to_string(current.error());
  return record(*directory, next_entry(*current, report));
}

Exit exit_of(const Comparison& comparison, const Options& options) {
  if (options.exit_zero || comparison.unchanged()) return Exit::clean;
  return comparison.changes.empty() ? Exit::undecided : Exit::findings;
}

CommandResult told(const DriftReport& report, const Options& options) {
  const Exit code = exit_of(report.comparison, options);
  if (options.format == Format::json)
    return Outcome{.text = render_drift_json(report), .code = code};
  if (!options.quiet || !report.comparison.changes.empty())
    return Outcome{.text = render_drift_text(report), .code = code};
  if (report.comparison.blind)
    return tl::unexpected(Failure{.message = drift_message(report), .code = code});
  return Outcome{};
}

}  // namespace

CommandResult drift(const Options& options, const Surroundings& surroundings) {
  if (options.history) return timeline(options);
  auto baseline = stored_baseline();
  if (!baseline) return tl::unexpected(baseline.error());
  auto seen = see_node(options, surroundings);
  if (!seen) return tl::unexpected(seen.error());
  if (const auto same = check_host(*baseline, seen->state); !same)
    return tl::unexpected(same.error());

  Comparison comparison = compare(baseline->facts, in_form_of(*baseline, seen->state.facts));
  const DriftReport report{.baseline = std::move(*baseline),
                           .now = std::move(seen->state),
                           .comparison = std::move(comparison),
                           .gaps = std::move(seen->gaps),
                           .stale = std::move(seen->stale)};
  const std::string warning = keep(report);
  auto outcome = told(report, options);
  if (outcome) outcome->warning = warning;
  if (outcome && options.journal) outcome->journal = journal_entries(report);
  return outcome;
}

}  // namespace iptmode::cli
