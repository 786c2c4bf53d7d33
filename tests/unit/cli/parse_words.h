// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <initializer_list>
#include <vector>

#include "cli/options.h"

namespace iptmode::testing {

inline auto parse_words(std::initializer_list<const char*> words) {
  const std::vector<const char*> arguments{words};
  return cli::parse_options(arguments);
}

}  // namespace iptmode::testing
