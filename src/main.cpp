// SPDX-License-Identifier: GPL-2.0-or-later
#include <cstddef>
#include <exception>
#include <iostream>
#include <span>

#include "cli/dispatch.h"

int main(int argc, char** argv) try {
  const std::span<const char* const> arguments(argv, static_cast<std::size_t>(argc));
  return static_cast<int>(iptmode::cli::dispatch(arguments.subspan(arguments.empty() ? 0 : 1)));
} catch (const std::exception& error) {
  std::cerr << "iptmode: " << error.what() << '\n';
  return static_cast<int>(iptmode::cli::Exit::undecided);
}
