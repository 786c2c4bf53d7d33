// SPDX-License-Identifier: GPL-2.0-or-later
#include <cstddef>
#include <exception>
#include <iostream>
#include <span>

#include "cli/dispatch.h"
#include "cli/exit.h"

int main(int argc, char** argv) try {
  const std::span<const char* const> arguments(argv, static_cast<std::size_t>(argc));
  return iptmode::cli::dispatch(arguments.subspan(arguments.empty() ? 0 : 1));
} catch (const std::exception& error) {
  std::cerr << "iptmode: " << error.what() << '\n';
  return iptmode::cli::exit_status(iptmode::cli::Exit::undecided, iptmode::cli::Format::text);
}
