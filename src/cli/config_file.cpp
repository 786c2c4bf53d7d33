// SPDX-License-Identifier: GPL-2.0-or-later
#include <fstream>

#include <boost/program_options.hpp>

#include <fmt/format.h>

#include "cli/settings.h"
#include "iptmode/escape.h"

namespace iptmode::cli {

namespace {

namespace po = boost::program_options;

po::options_description description() {
  po::options_description options;
  for (const OptionRow& row : all_options())
    if (row.in_config)
      options.add_options()(std::string{row.name}.c_str(), po::value<std::string>(), "");
  return options;
}

tl::unexpected<UsageError> in_file(const std::string& path, std::string_view problem) {
  return tl::unexpected(fmt::format("{}: {}", escape(path), problem));
}

bool is_known_to_config(const std::string& name) {
  const OptionRow* row = find_option(name);
  return row != nullptr && row->in_config;
}

tl::expected<std::vector<Setting>, UsageError> from_parsed(const std::string& path,
                                                           const std::vector<po::option>& parsed) {
  std::vector<Setting> settings;
  for (const po::option& option : parsed) {
    const OptionRow* row = find_option(option.string_key);
    const std::string value = option.value.empty() ? std::string{} : option.value.front();
    if (!row->is_switch()) {
      settings.push_back({.option = row, .value = value, .file = path});
    } else if (value == "true") {
      settings.push_back({.option = row, .file = path});
    } else if (value != "false") {
      return in_file(path,
                     fmt::format("{} must be true or false, not '{}'", row->name, escape(value)));
    }
  }
  return settings;
}

}  // namespace

tl::expected<std::vector<Setting>, UsageError> read_config_file(const std::string& path) try {
  std::ifstream file{path};
  if (!file) return in_file(path, "cannot be read");
  const auto parsed = po::parse_config_file(file, description(), true);
  for (const po::option& option : parsed.options)
    if (!is_known_to_config(option.string_key))
      return in_file(path, fmt::format("unknown name '{}'{}", escape(option.string_key),
                                       option_hint(option.string_key)));
  if (file.bad()) return in_file(path, "cannot be read");
  return from_parsed(path, parsed.options);
} catch (const po::error& error) {
  return in_file(path, escape(error.what()));
}

}  // namespace iptmode::cli
