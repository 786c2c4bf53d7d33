// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/option_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/suggestion.h"
#include "iptmode/escape.h"

namespace iptmode::cli {

namespace {

using Applied = tl::expected<void, UsageError>;

tl::unexpected<UsageError> not_one_of(std::string_view option, std::string_view value,
                                      std::string_view words) {
  return tl::unexpected(fmt::format("--{}: '{}' is none of: {}", option, escape(value), words));
}

constexpr std::string_view kFormats = "text json html prometheus npd nagios";
constexpr std::array kFormatWords{std::pair{std::string_view{"text"}, Format::text},
                                  std::pair{std::string_view{"json"}, Format::json},
                                  std::pair{std::string_view{"html"}, Format::html},
                                  std::pair{std::string_view{"prometheus"}, Format::prometheus},
                                  std::pair{std::string_view{"npd"}, Format::npd},
                                  std::pair{std::string_view{"nagios"}, Format::nagios}};
constexpr std::string_view kRedactions = "ip host";
constexpr std::string_view kColours = "auto always never";
constexpr std::string_view kFailOn = "critical error warning never";
constexpr long kLongestTimeout = 3600;

Applied set_format(Options& options, std::string_view value) {
  const auto format = format_from_string(value);
  if (!format) return not_one_of("output", value, kFormats);
  options.format = *format;
  return {};
}

Applied set_colour(Options& options, std::string_view value) {
  if (value == "auto")
    options.colour = Colour::automatic;
  else if (value == "always")
    options.colour = Colour::always;
  else if (value == "never")
    options.colour = Colour::never;
  else
    return not_one_of("color", value, kColours);
  return {};
}

Applied set_fail_on(Options& options, std::string_view value) {
  const auto severity = severity_from_string(value);
  if (value == "never")
    options.fail_on.reset();
  else if (severity && *severity != Severity::info)
    options.fail_on = severity;
  else
    return not_one_of("fail-on", value, kFailOn);
  return {};
}

// The whole text must be the number: Boost's own conversion takes "-5" for 4294967291.
Applied set_timeout(Options& options, std::string_view value) {
  long seconds = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  const bool whole = error == std::errc{} && end == value.data() + value.size();
  if (!whole || seconds < 1 || seconds > kLongestTimeout)
    return tl::unexpected(fmt::format("--timeout: '{}' is no number of seconds from 1 to {}",
                                      escape(value), kLongestTimeout));
  options.timeout = std::chrono::seconds{seconds};
  return {};
}

tl::unexpected<UsageError> no_such_check(std::string_view option, std::string_view id) {
  std::vector<std::string_view> ids;
  for (const Check& check : all_checks()) ids.push_back(check.id);
  const std::string_view near = nearest(id, ids);
  return tl::unexpected(fmt::format(
      "--{}: there is no check '{}'{}", option, escape(id),
      near.empty() ? "; `iptmode explain` lists them" : fmt::format("; did you mean {}?", near)));
}

Applied add_checks(std::vector<std::string>& ids, std::string_view option, std::string_view list) {
  for (;;) {
    const std::size_t comma = list.find(',');
    const std::string_view id = list.substr(0, comma);
    if (find_check(id) == nullptr) return no_such_check(option, id);
    ids.emplace_back(id);
    if (comma == std::string_view::npos) return {};
    list.remove_prefix(comma + 1);
  }
}

Applied add_skip(Options& options, std::string_view value) {
  return add_checks(options.selection.skip, "skip", value);
}

Applied add_only(Options& options, std::string_view value) {
  return add_checks(options.selection.only, "only", value);
}

template <bool Options::*Member>
Applied switch_on(Options& options, std::string_view /*value*/) {
  options.*Member = true;
  return {};
}

template <std::string Options::*Member>
Applied take_path(Options& options, std::string_view value) {
  if (value.empty()) return tl::unexpected(UsageError{"a path must not be empty"});
  options.*Member = value;
  return {};
}

Applied set_output_file(Options& options, std::string_view value) {
  options.output_file_given = true;
  return take_path<&Options::output_file>(options, value);
}

Applied set_redaction(Options& options, std::string_view list) {
  for (;;) {
    const std::size_t comma = list.find(',');
    const std::string_view word = list.substr(0, comma);
    if (word == "ip")
      options.redaction.addresses = true;
    else if (word == "host")
      options.redaction.names = true;
    else
      return not_one_of("redact", word, kRedactions);
    if (comma == std::string_view::npos) return {};
    list.remove_prefix(comma + 1);
  }
}

// The file was found and read before this is called.
Applied ignore(Options& /*options*/, std::string_view /*value*/) {
  return {};
}

constexpr std::array kOptions{
    OptionRow{.name = "output",
              .letter = 'o',
              .value = "FORMAT",
              .kind = ValueKind::words,
              .words = kFormats,
              .help = "text (default), json, html, prometheus, npd or nagios",
              .apply = set_format},
    OptionRow{.name = "output-file",
              .value = "PATH",
              .kind = ValueKind::file,
              .help = "write to PATH, whole or not at all; - is standard output (default)",
              .apply = set_output_file},
    OptionRow{.name = "output-dir",
              .value = "DIR",
              .kind = ValueKind::directory,
              .help = "with bundle: make DIR, a directory, instead of an archive",
              .in_config = false,
              .apply = take_path<&Options::output_dir>},
    OptionRow{.name = "redact",
              .value = "ip,host",
              .kind = ValueKind::words,
              .words = "ip host ip,host",
              .help = "with bundle and snapshot: replace addresses, names, or both by pseudonyms",
              .repeatable = true,
              .apply = set_redaction},
    OptionRow{.name = "color",
              .value = "WHEN",
              .kind = ValueKind::words,
              .words = kColours,
              .help = "auto (default: on a terminal, without NO_COLOR), always or never",
              .apply = set_colour},
    OptionRow{.name = "quiet",
              .letter = 'q',
              .help = "only the verdict and one line for each finding",
              .apply = switch_on<&Options::quiet>},
    OptionRow{.name = "verbose",
              .letter = 'v',
              .help = "also every check with its status and reason",
              .apply = switch_on<&Options::verbose>},
    OptionRow{
        .name = "fail-on",
        .value = "SEVERITY",
        .kind = ValueKind::words,
        .words = kFailOn,
        .help = "exit with 1 from this severity on: critical, error (default), warning, never",
        .apply = set_fail_on},
    OptionRow{.name = "exit-zero",
              .help = "exit with 0 whatever was found or could not be seen",
              .apply = switch_on<&Options::exit_zero>},
    OptionRow{.name = "skip",
              .value = "ID,...",
              .kind = ValueKind::checks,
              .help = "leave these checks out",
              .repeatable = true,
              .apply = add_skip},
    OptionRow{.name = "only",
              .value = "ID,...",
              .kind = ValueKind::checks,
              .help = "run only these checks",
              .repeatable = true,
              .apply = add_only},
    OptionRow{.name = "exceptions",
              .value = "FILE",
              .kind = ValueKind::file,
              .help = "findings that are accepted, with reason and end (see the manual page)",
              .apply = take_path<&Options::exceptions>},
    OptionRow{.name = "timeout",
              .value = "SECONDS",
              .kind = ValueKind::number,
              .help = "give up looking after so long (default 30)",
              .apply = set_timeout},
    OptionRow{.name = "no-exec",
              .help = "run no iptables binary, only read its file",
              .apply = switch_on<&Options::no_exec>},
    OptionRow{.name = "data-dir",
              .value = "DIR",
              .kind = ValueKind::directory,
              .help = "k0s' data directory (default: found)",
              .apply = take_path<&Options::data_dir>},
    OptionRow{.name = "status-socket",
              .value = "PATH",
              .kind = ValueKind::file,
              .help = "k0s' status socket (default /run/k0s/status.sock)",
              .apply = take_path<&Options::status_socket>},
    OptionRow{.name = "host-root",
              .value = "DIR",
              .kind = ValueKind::directory,
              .help = "where the host's root directory is mounted (default: seen through pid 1)",
              .apply = take_path<&Options::host_root>},
    OptionRow{.name = "proc-root",
              .value = "DIR",
              .kind = ValueKind::directory,
              .help = "where the host's proc is mounted (default /proc)",
              .apply = take_path<&Options::proc_root>},
    OptionRow{.name = "write",
              .value = "FILE",
              .kind = ValueKind::file,
              .help = "with crossread: keep one rule of each shape and what was read of it in FILE",
              .in_config = false,
              .apply = take_path<&Options::write_file>},
    OptionRow{.name = "from",
              .value = "FILE",
              .kind = ValueKind::file,
              .help = "with crossread: take the rules from FILE, not from this node",
              .in_config = false,
              .apply = take_path<&Options::from_file>},
    OptionRow{
        .name = "reader",
        .value = "PATH",
        .kind = ValueKind::file,
        .help = "with crossread --from: let this xtables-nft-multi read them (in --host-root)",
        .in_config = false,
        .apply = take_path<&Options::reader>},
    OptionRow{.name = "history",
              .help = "with drift: show the recorded changes instead of looking for new ones",
              .in_config = false,
              .apply = switch_on<&Options::history>},
    OptionRow{.name = "journal",
              .help =
                  "with audit and drift: also tell systemd's journal, an entry for each finding "
                  "or change",
              .apply = switch_on<&Options::journal>},
    OptionRow{.name = "config",
              .value = "FILE",
              .kind = ValueKind::file,
              .help = "read options from FILE: one NAME = VALUE a line, # starts a comment",
              .in_config = false,
              .apply = ignore},
    OptionRow{.name = "help",
              .letter = 'h',
              .help = "show this help and exit",
              .in_config = false,
              .apply = switch_on<&Options::help>},
    OptionRow{.name = "version",
              .help = "show the version and exit",
              .in_config = false,
              .apply = switch_on<&Options::version>}};

}  // namespace

std::optional<Format> format_from_string(std::string_view word) noexcept {
  for (const auto& [name, format] : kFormatWords)
    if (name == word) return format;
  return std::nullopt;
}

std::span<const OptionRow> all_options() {
  return kOptions;
}

const OptionRow* find_option(std::string_view name) {
  const auto* found = std::ranges::find(kOptions, name, &OptionRow::name);
  return found == kOptions.end() ? nullptr : found;
}

std::string option_hint(std::string_view name) {
  std::vector<std::string_view> names;
  for (const OptionRow& row : kOptions) names.push_back(row.name);
  const std::string_view near = nearest(name, names);
  return near.empty() ? std::string{} : fmt::format("; did you mean --{}?", near);
}

}  // namespace iptmode::cli
