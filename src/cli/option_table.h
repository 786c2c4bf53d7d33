// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "cli/options.h"

namespace iptmode::cli {

/// What completes the value of an option.
enum class ValueKind : std::uint8_t { none, words, checks, file, directory, number };

/// One row: everything that is specific to one option. Parsing, --help, the configuration file and
/// the shell completions are made from it.
struct OptionRow {
  std::string_view name = {};   ///< without the dashes: "output"
  char letter = 0;              ///< 'o'; 0: it has no short form
  std::string_view value = {};  ///< "FORMAT", as --help shows it; empty for a switch
  ValueKind kind = ValueKind::none;
  std::string_view words = {};  ///< for ValueKind::words: "text json"
  std::string_view help = {};
  bool repeatable = false;  ///< each one adds; of the others the last one counts
  bool in_config = true;    ///< may stand in the configuration file
  /// Takes the value over; for a switch that was given, an empty one.
  tl::expected<void, UsageError> (*apply)(Options&, std::string_view value) = nullptr;

  [[nodiscard]] bool is_switch() const { return kind == ValueKind::none; }
};

[[nodiscard]] std::span<const OptionRow> all_options();

/// By its word: "json".
[[nodiscard]] std::optional<Format> format_from_string(std::string_view word) noexcept;

/// Null when there is no such option. Exact names only.
[[nodiscard]] const OptionRow* find_option(std::string_view name);

/// "; did you mean --output?", or nothing when no option is near.
[[nodiscard]] std::string option_hint(std::string_view name);

}  // namespace iptmode::cli
