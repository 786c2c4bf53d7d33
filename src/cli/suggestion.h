// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace iptmode::cli {

/// How many letters must be inserted, deleted, replaced or swapped with their neighbour to turn one
/// word into the other (optimal string alignment).
[[nodiscard]] std::size_t edit_distance(std::string_view from, std::string_view to);

/// The nearest of `words`, when it is near enough to have been meant: at most two edits and fewer
/// than the word has letters, or one of them begins with the other. Empty otherwise.
[[nodiscard]] std::string_view nearest(std::string_view word,
                                       std::span<const std::string_view> words);

}  // namespace iptmode::cli
