// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rule_text/tokens.h"

namespace iptmode::rule_text {

/// "! --limit 10/min": one option with its values.
struct Option {
  bool negated = false;
  std::string name = {};
  std::vector<Token> values = {};
};

/// The words of one match or target in a form that two texts of one meaning share: options sorted,
/// numbers decimal, units short, defaults left out. `name` is the match's or target's.
[[nodiscard]] std::string canonical_options(std::string_view name, std::vector<Option> options);
/// The same for options that are still text; words that are no options stay as they are.
[[nodiscard]] std::string canonical_options(std::string_view name, std::string_view text);

/// Takes one option with its values from `tokens` at `at`, and moves `at` behind it. Some options
/// have exactly one value, whatever it looks like: a comment may be "--jump".
[[nodiscard]] Option take_option(const std::vector<Token>& tokens, std::size_t& at);

}  // namespace iptmode::rule_text
