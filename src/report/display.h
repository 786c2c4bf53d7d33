// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace iptmode::report {

/// Columns that `text` takes on a terminal: combining marks none, East Asian wide characters and
/// emoji two. For text that escape() has passed; a byte that is not UTF-8 counts as one column.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// At most `columns` wide: the end is replaced by "..." where it is too long.
[[nodiscard]] std::string keep_head(std::string_view text, std::size_t columns);

/// At most `columns` wide: the beginning is replaced by "...", for paths.
[[nodiscard]] std::string keep_tail(std::string_view text, std::size_t columns);

/// Followed by spaces up to `columns`.
[[nodiscard]] std::string padded(std::string_view text, std::size_t columns);

/// Lines of at most `columns`, broken at spaces. A longer word keeps a line for itself, whole: a
/// path or a command must stay fit to be copied.
[[nodiscard]] std::vector<std::string> wrap(std::string_view text, std::size_t columns);

/// wrap() with `lead` before the first line and as many spaces before the others.
[[nodiscard]] std::vector<std::string> wrap_after(std::string_view lead, std::string_view text,
                                                  std::size_t columns);

}  // namespace iptmode::report
