// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <span>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "cli/option_table.h"

namespace iptmode::cli {

/// One option as it was given.
struct Setting {
  const OptionRow* option = nullptr;
  std::string value = {};  ///< empty for a switch
  std::string file = {};   ///< the configuration file it stands in; empty for the command line
};

/// A command line taken apart: nothing in it has been understood yet.
struct CommandLine {
  std::vector<Setting> settings = {};   ///< in the order given
  std::vector<std::string> words = {};  ///< what is no option: the command and its arguments
};

/// Splits with Boost.Program_options, by names alone. Repetition is no error.
[[nodiscard]] tl::expected<CommandLine, UsageError> split_command_line(
    std::span<const char* const> arguments);

/// Reads `path`: one "name = value" a line, '#' starts a comment. A switch takes "true" or "false".
/// An unknown name is an error that names the file and the name.
[[nodiscard]] tl::expected<std::vector<Setting>, UsageError> read_config_file(
    const std::string& path);

}  // namespace iptmode::cli
