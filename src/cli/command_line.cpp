// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include <boost/program_options.hpp>

#include <fmt/format.h>

#include "cli/settings.h"
#include "iptmode/escape.h"

namespace iptmode::cli {

namespace {

namespace po = boost::program_options;

// implicit_value() is not used: it swallows the next word ("--color audit"), so each option takes
// one value or none. Nothing is stored either: the values are applied one by one, which makes a
// repeated switch harmless (po::bool_switch throws).
po::options_description description() {
  po::options_description options;
  for (const OptionRow& row : all_options()) {
    std::string name{row.name};
    if (row.letter != 0) name.append(",").append(1, row.letter);
    if (row.is_switch())
      options.add_options()(name.c_str(), "");
    else
      options.add_options()(name.c_str(), po::value<std::string>(), "");
  }
  return options;
}

// Without guessing: a script must not break because a later release has one more option.
constexpr int kStyle = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;

std::string bare(std::string_view option) {
  option.remove_prefix(std::min(option.find_first_not_of('-'), option.size()));
  return std::string{option.substr(0, option.find('='))};
}

std::string spelt(const std::string& name) {
  return (name.size() == 1 ? "-" : "--") + escape(name);
}

CommandLine from_parsed(const std::vector<po::option>& parsed) {
  CommandLine line;
  for (const po::option& option : parsed) {
    if (option.position_key != -1)
      line.words.insert(line.words.end(), option.value.begin(), option.value.end());
    else
      line.settings.push_back({.option = find_option(option.string_key),
                               .value = option.value.empty() ? "" : option.value.front()});
  }
  return line;
}

tl::expected<CommandLine, UsageError> parse(const std::vector<std::string>& arguments) try {
  const po::options_description options = description();
  const auto parsed = po::command_line_parser(arguments).options(options).style(kStyle).run();
  return from_parsed(parsed.options);
} catch (const po::unknown_option& error) {
  // A group of letters ("-qx") is named without saying which of them it is.
  const std::string name = bare(error.get_option_name());
  const bool letters = std::ranges::find(arguments, "-" + name) != arguments.end();
  return tl::unexpected(fmt::format("unknown option {}{}",
                                    letters ? "-" + escape(name) : spelt(name), option_hint(name)));
} catch (const po::invalid_command_line_syntax& error) {
  const std::string name = bare(error.get_option_name());
  using Kind = po::invalid_syntax;
  if (error.kind() == Kind::extra_parameter)
    return tl::unexpected(fmt::format("option {} takes no value", spelt(name)));
  return tl::unexpected(fmt::format("option {} needs a value", spelt(name)));
} catch (const po::error& error) {
  return tl::unexpected(escape(error.what()));
}

}  // namespace

tl::expected<CommandLine, UsageError> split_command_line(std::span<const char* const> arguments) {
  // The words after "--" are set aside first: Boost forgets that they stood behind it.
  std::vector<std::string> before(arguments.begin(), arguments.end());
  const auto dashes = std::ranges::find(before, "--");
  std::vector<std::string> after;
  if (dashes != before.end()) {
    after.assign(dashes + 1, before.end());
    before.erase(dashes, before.end());
  }
  auto line = parse(before);
  if (line) line->words.insert(line->words.end(), after.begin(), after.end());
  return line;
}

}  // namespace iptmode::cli
