// SPDX-License-Identifier: GPL-2.0-or-later
#include <utility>

#include <fmt/format.h>

#include "cli/commands.h"
#include "collect/collect.h"
#include "iptmode/render.h"

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

CommandResult audit(const Options& options, const Surroundings& surroundings) {
  const auto& missing = surroundings.missing_capabilities;
  if (!missing) return tl::unexpected(Failure{.message = to_string(missing.error())});
  auto snapshot = collect::collect(collect_options(options, *missing));
  if (!snapshot) return tl::unexpected(Failure{.message = to_string(snapshot.error())});

  const Report report = judge(std::move(*snapshot), options.selection);
  return Outcome{.text = options.format == Format::json
                             ? render_json(report)
                             : render_text(report, style_of(options, surroundings.terminal)),
                 .code = exit_of(report, options)};
}

}  // namespace iptmode::cli
