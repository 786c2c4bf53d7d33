// SPDX-License-Identifier: GPL-2.0-or-later
#include "bundle/assemble.h"

#include <unistd.h>

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "archive/pack.h"
#include "cli/bundle_output.h"
#include "cli/commands.h"
#include "cli/exceptions.h"
#include "cli/progress.h"
#include "cli/redaction.h"
#include "cli/rendering.h"
#include "evidence/gather.h"
#include "iptmode/escape.h"

namespace iptmode::cli {

namespace {

using std::chrono::steady_clock;

tl::unexpected<Failure> failure(const Error& error) {
  return tl::unexpected(Failure{.message = to_string(error)});
}

tl::expected<void, Failure> check_usage(const Options& options) {
  const auto wrong = [](std::string message) {
    return tl::unexpected(Failure{.message = std::move(message), .code = Exit::usage});
  };
  if (!options.output_dir.empty() && options.output_file_given)
    return wrong("bundle: --output-file and --output-dir exclude each other");
  const bool to_stdout = options.output_file_given && options.output_file == "-";
  if (to_stdout && ::isatty(STDOUT_FILENO) == 1)
    return wrong("bundle: an archive is nothing for a terminal; name a file");
  return {};
}

/// What would be in the way at the end is said before the work.
tl::expected<void, Failure> check_place(const Options& options) {
  if (options.output_dir.empty()) return {};
  const std::string obstacle = obstacle_to_directory(options.output_dir);
  if (obstacle.empty()) return {};
  return tl::unexpected(Failure{
      .message = fmt::format("bundle: --output-dir {}: {}", escape(options.output_dir), obstacle)});
}

/// Report and files of this node, with pseudonyms where they are asked for.
struct Made {
  Report report = {};
  bundle::Bundle bundle = {};
};

// The observation gets two thirds of the time: without it there is no bundle.
Options for_observation(Options options) {
  options.timeout = std::max(options.timeout * 2 / 3, std::chrono::seconds{1});
  return options;
}

tl::expected<Made, Failure> make(const Options& options, const Surroundings& surroundings,
                                 std::vector<Exception> exceptions) {
  const auto deadline = steady_clock::now() + options.timeout;
  const Progress progress{surroundings.terminal.shows_progress && !options.quiet,
                          "components and kernel"};
  auto snapshot = observe(for_observation(options), surroundings);
  if (!snapshot) return failure(snapshot.error());
  auto evidence = evidence::gather(*snapshot, {.proc_root = options.proc_root,
                                               .host_root = options.host_root,
                                               .deadline = deadline,
                                               .run_programs = !options.no_exec,
                                               .progress = [&](auto what) { progress.say(what); }});
  if (!evidence) return failure(evidence.error());

  progress.say("report");
  if (options.redaction.any()) {
    auto redactor = new_redactor(options.redaction);
    if (!redactor) return failure(redactor.error());
    bundle::redact(*evidence, *snapshot, *redactor);
    *snapshot = redactor->snapshot(std::move(*snapshot));
    for (Exception& exception : exceptions) exception.reason = redactor->text(exception.reason);
  }
  Made made{.report = judge(std::move(*snapshot), options.selection, exceptions)};
  made.bundle = bundle::assemble(made.report, std::move(*evidence), options.redaction, {});
  return made;
}

Result<std::string> packed(const bundle::Bundle& bundle, std::int64_t moment) {
  std::vector<archive::Entry> entries;
  for (const bundle::Item& item : bundle.files)
    entries.push_back({.path = bundle.name + "/" + item.path, .content = item.content});
  return archive::pack(entries, moment);
}

}  // namespace

CommandResult make_bundle(const Options& options, const Surroundings& surroundings) {
  if (const auto usage = check_usage(options); !usage) return tl::unexpected(usage.error());
  if (const auto place = check_place(options); !place) return tl::unexpected(place.error());
  auto exceptions = exceptions_of_node(options);
  if (!exceptions) return tl::unexpected(exceptions.error());
  const auto made = make(options, surroundings, std::move(*exceptions));
  if (!made) return tl::unexpected(made.error());
  const Exit code = options.exit_zero ? Exit::clean : exit_of(made->report, options);
  const auto told = [&](const std::string& path) {
    return Outcome{
        .text = options.quiet ? "" : escape(path) + "\n", .code = code, .delivered = true};
  };

  if (!options.output_dir.empty()) {
    const auto written = write_directory(options.output_dir, made->bundle);
    return written ? CommandResult{told(options.output_dir)} : failure(written.error());
  }
  auto archive = packed(made->bundle, made->report.snapshot.taken_at);
  if (!archive) return failure(archive.error());
  if (options.output_file_given && options.output_file == "-")
    return Outcome{.text = std::move(*archive), .code = code};
  const std::string path =
      options.output_file_given ? options.output_file : made->bundle.name + ".tar.gz";
  const auto written = write_private_file(path, *archive);
  return written ? CommandResult{told(path)} : failure(written.error());
}

}  // namespace iptmode::cli
