// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <utility>

#include "cli/commands.h"
#include "cli/exceptions.h"
#include "cli/redaction.h"
#include "cli/rendering.h"
#include "collect/collect.h"
#include "iptmode/snapshot_json.h"

namespace iptmode::cli {

namespace {

collect::CollectOptions collect_options(const Options& options,
                                        const std::vector<std::string>& missing_capabilities) {
  return {.proc_root = options.proc_root,
          .host_root = options.host_root,
          .data_dir = options.data_dir,
          .status_socket = options.status_socket,
          .run_programs = !options.no_exec,
          .timeout = options.timeout,
          .tool_version = IPTMODE_VERSION,
          .missing_capabilities = missing_capabilities};
}

}  // namespace

Result<Snapshot> observe(const Options& options, const Surroundings& surroundings) {
  const auto& missing = surroundings.missing_capabilities;
  if (!missing) return tl::unexpected(missing.error());
  return collect::collect(collect_options(options, *missing));
}

Result<Snapshot> observe_and_cross_read(const Options& options, const Surroundings& surroundings) {
  const auto& missing = surroundings.missing_capabilities;
  if (!missing) return tl::unexpected(missing.error());
  collect::CollectOptions all = collect_options(options, *missing);
  all.cross_read = collect::CrossReadWhen::always;
  return collect::collect(all);
}

CommandResult audit(const Options& options, const Surroundings& surroundings) {
  const auto exceptions = exceptions_of_node(options);
  if (!exceptions) return tl::unexpected(exceptions.error());
  auto snapshot = observe(options, surroundings);
  if (!snapshot) return tl::unexpected(Failure{.message = to_string(snapshot.error())});

  const Report report = judge(std::move(*snapshot), options.selection, *exceptions);
  Outcome outcome = rendered(report, options, surroundings.terminal);
  if (options.journal) outcome.journal = journal_entries(report);
  return outcome;
}

CommandResult take_snapshot(const Options& options, const Surroundings& surroundings) {
  auto snapshot = observe(options, surroundings);
  if (!snapshot) return tl::unexpected(Failure{.message = to_string(snapshot.error())});
  if (options.redaction.any()) {
    auto redactor = new_redactor(options.redaction);
    if (!redactor) return tl::unexpected(Failure{.message = to_string(redactor.error())});
    redactor->learn(*snapshot);
    *snapshot = redactor->snapshot(std::move(*snapshot));
  }
  const bool blind =
      std::ranges::any_of(snapshot->gaps, [](const Gap& gap) { return gap.hides.has_value(); });
  return Outcome{.text = snapshot_to_json(*snapshot),
                 .code = blind && !options.exit_zero ? Exit::undecided : Exit::clean};
}

}  // namespace iptmode::cli
