// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/options.h"

#include <algorithm>
#include <iterator>

#include "cli/settings.h"
#include "iptmode/escape.h"

namespace iptmode::cli {

namespace {

using Settings = std::vector<Setting>;

bool mentions(const Settings& settings, const OptionRow* option) {
  return std::ranges::find(settings, option, &Setting::option) != settings.end();
}

tl::expected<Settings, UsageError> config_of(const Settings& given) {
  const OptionRow* const config = find_option("config");
  Settings all;
  for (const Setting& setting : given) {
    if (setting.option != config) continue;
    auto read = read_config_file(setting.value);
    if (!read) return tl::unexpected(read.error());
    std::ranges::move(*read, std::back_inserter(all));
  }
  // What the command line says replaces what a file says, lists included.
  std::erase_if(all, [&](const Setting& setting) { return mentions(given, setting.option); });
  return all;
}

tl::expected<void, UsageError> apply_all(Options& options, const Settings& settings) {
  for (const Setting& setting : settings) {
    const auto applied = setting.option->apply(options, setting.value);
    if (applied) continue;
    const std::string origin = setting.file.empty() ? "" : escape(setting.file) + ": ";
    return tl::unexpected(origin + applied.error());
  }
  return {};
}

// What stands after the name of --output in `word`, in one of its spellings; `next` is the word
// after it.
std::string_view value_of_output(std::string_view word, std::string_view next) {
  if (word == "-o" || word == "--output") return next;
  if (word.starts_with("--output=")) return word.substr(word.find('=') + 1);
  return word.starts_with("-o") ? word.substr(2) : std::string_view{};
}

}  // namespace

Format wanted_format(std::span<const char* const> arguments) {
  Format wanted = Format::text;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view word = arguments[i];
    if (word == "--") break;
    const std::string_view next = i + 1 < arguments.size() ? arguments[i + 1] : "";
    wanted = format_from_string(value_of_output(word, next)).value_or(wanted);
  }
  return wanted;
}

tl::expected<Options, UsageError> parse_options(std::span<const char* const> arguments) {
  auto line = split_command_line(arguments);
  if (!line) return tl::unexpected(line.error());
  const auto config = config_of(line->settings);
  if (!config) return tl::unexpected(config.error());

  Options options;
  const auto applied =
      apply_all(options, *config).and_then([&] { return apply_all(options, line->settings); });
  if (!applied) return tl::unexpected(applied.error());
  if (options.quiet && options.verbose)
    return tl::unexpected(UsageError{"--quiet and --verbose exclude each other"});
  if (line->words.empty()) return options;
  options.command = line->words.front();
  options.arguments.assign(line->words.begin() + 1, line->words.end());
  return options;
}

}  // namespace iptmode::cli
