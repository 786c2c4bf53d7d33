// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <utility>

#include "cli/commands.h"
#include "collect/collect.h"
#include "iptmode/render.h"
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

Exit exit_of(const Report& report, const Options& options) {
  if (options.exit_zero) return Exit::clean;
  const auto severity = worst(report);
  if (options.fail_on && severity && *severity >= *options.fail_on) return Exit::findings;
  return report.verdict == Verdict::unknown ? Exit::undecided : Exit::clean;
}

}  // namespace

Result<Snapshot> observe(const Options& options, const Surroundings& surroundings) {
  const auto& missing = surroundings.missing_capabilities;
  if (!missing) return tl::unexpected(missing.error());
  return collect::collect(collect_options(options, *missing));
}

CommandResult audit(const Options& options, const Surroundings& surroundings) {
  auto snapshot = observe(options, surroundings);
  if (!snapshot) return tl::unexpected(Failure{.message = to_string(snapshot.error())});

  const Report report = judge(std::move(*snapshot), options.selection);
  return Outcome{.text = options.format == Format::json
                             ? render_json(report)
                             : render_text(report, style_of(options, surroundings.terminal)),
                 .code = exit_of(report, options)};
}

CommandResult take_snapshot(const Options& options, const Surroundings& surroundings) {
  const auto snapshot = observe(options, surroundings);
  if (!snapshot) return tl::unexpected(Failure{.message = to_string(snapshot.error())});
  const bool blind =
      std::ranges::any_of(snapshot->gaps, [](const Gap& gap) { return gap.hides.has_value(); });
  return Outcome{.text = snapshot_to_json(*snapshot),
                 .code = blind && !options.exit_zero ? Exit::undecided : Exit::clean};
}

}  // namespace iptmode::cli
