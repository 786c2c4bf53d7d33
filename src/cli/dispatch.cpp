// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/dispatch.h"

#include <unistd.h>

#include <csignal>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/journal.h"
#include "cli/output.h"
#include "cli/rendering.h"
#include "cli/suggestion.h"
#include "iptmode/escape.h"
#include "probe/capabilities.h"

namespace iptmode::cli {

namespace {

int complain(const std::string& message, Exit code, Format format) {
  // If not even that can be written, the exit code has to do.
  (void)write_to(STDERR_FILENO, fmt::format("iptmode: {}\n", message), "standard error");
  return exit_status(code, format);
}

// The name of the form that was asked for and that the command does not have.
std::string_view missing_form(const Command& command, Format format) {
  switch (format) {
    case Format::text: return "";
    case Format::json: return command.json ? "" : "JSON";
    case Format::prometheus: return command.monitoring ? "" : "Prometheus";
    case Format::npd: return command.monitoring ? "" : "node-problem-detector";
    case Format::nagios: return command.monitoring ? "" : "Nagios";
    case Format::html: return command.monitoring ? "" : "HTML";
  }
  return "";
}

// What the command line asks for, once it is known to make sense.
CommandResult run(const Command& command, const Options& options,
                  const Surroundings& surroundings) {
  if (options.help)
    return Outcome{.text = help_text(&command == &all_commands().front() ? nullptr : &command)};
  if (options.arguments.size() > command.max_arguments)
    return tl::unexpected(
        Failure{.message = fmt::format("{}: unexpected argument '{}'", command.name,
                                       escape(options.arguments.at(command.max_arguments))),
                .code = Exit::usage});
  if (const std::string_view form = missing_form(command, options.format); !form.empty())
    return tl::unexpected(Failure{.message = fmt::format("{} has no {} form", command.name, form),
                                  .code = Exit::usage});
  // Who asks for it must not be given the names after all.
  if (options.redaction.any() && !command.redacts)
    return tl::unexpected(
        Failure{.message = fmt::format("{} does not redact", command.name), .code = Exit::usage});
  return command.run(options, surroundings);
}

CommandResult run(const Options& options, const Surroundings& surroundings) {
  if (options.version) return Outcome{.text = "iptmode " IPTMODE_VERSION "\n"};
  if (const Command* command = find_command(options.command); command != nullptr)
    return run(*command, options, surroundings);
  std::vector<std::string_view> names;
  for (const Command& command : all_commands()) names.push_back(command.name);
  return unknown_word("command", options.command, names);
}

Result<> deliver(const std::string& text, const Options& options, bool delivered = false) {
  if (delivered || options.output_file == "-")
    return write_to(STDOUT_FILENO, text, "standard output");
  return replace_file(options.output_file, text);
}

// A monitoring system reads standard output, or the file in its place, and nothing else.
int fail(const Failure& failure, const Options& options) {
  const std::string text = rendered_failure(failure.message, options.format);
  if (!text.empty())
    if (const auto delivered = deliver(text, options); !delivered)
      return complain(to_string(delivered.error()), Exit::undecided, options.format);
  return complain(failure.message, failure.code, options.format);
}

}  // namespace

int dispatch(std::span<const char* const> arguments) {
  // First of all: nothing that follows needs more than these.
  auto missing_capabilities = probe::keep_needed_capabilities();
  // A reader that goes away is an error of write(2), not the end of this process.
  (void)std::signal(SIGPIPE, SIG_IGN);

  const auto options = parse_options(arguments);
  if (!options)
    return fail({.message = options.error(), .code = Exit::usage},
                {.format = wanted_format(arguments)});
  const auto outcome = run(*options, {.terminal = look_at_terminal(),
                                      .missing_capabilities = std::move(missing_capabilities)});
  if (!outcome) return fail(outcome.error(), *options);
  if (const auto delivered = deliver(outcome->text, *options, outcome->delivered); !delivered)
    return complain(to_string(delivered.error()), Exit::undecided, options->format);
  if (const auto told = send_to_journal(outcome->journal); !told)
    return complain(to_string(told.error()), outcome->code, options->format);
  if (!outcome->warning.empty()) return complain(outcome->warning, outcome->code, options->format);
  return exit_status(outcome->code, options->format);
}

}  // namespace iptmode::cli
