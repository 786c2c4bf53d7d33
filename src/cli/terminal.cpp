// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <optional>
#include <string_view>

namespace iptmode::cli {

namespace {

constexpr std::size_t kMostColumns = 1000;

std::string_view environment(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): one thread
  return value == nullptr ? std::string_view{} : std::string_view{value};
}

std::optional<std::size_t> columns_of_window() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return std::nullopt;
  return size.ws_col;
}

std::optional<std::size_t> columns_of_environment() {
  const std::string_view text = environment("COLUMNS");
  std::size_t columns = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), columns);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  if (!whole || columns == 0 || columns > kMostColumns) return std::nullopt;
  return columns;
}

}  // namespace

Terminal look_at_terminal() {
  Terminal terminal;
  terminal.present = ::isatty(STDOUT_FILENO) == 1;
  terminal.shows_progress = ::isatty(STDERR_FILENO) == 1;
  terminal.wants_plain = !environment("NO_COLOR").empty() || environment("TERM") == "dumb";
  const auto window = columns_of_window();
  terminal.columns = window.value_or(columns_of_environment().value_or(terminal.columns));
  return terminal;
}

TextStyle style_of(const Options& options, const Terminal& terminal) {
  const bool to_terminal = terminal.present && options.output_file == "-";
  const bool automatic = to_terminal && !terminal.wants_plain;
  return {.colour = options.colour == Colour::always ||
                    (options.colour == Colour::automatic && automatic),
          .width = terminal.columns,
          .verbose = options.verbose,
          .quiet = options.quiet};
}

}  // namespace iptmode::cli
