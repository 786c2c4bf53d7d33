// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace iptmode::html {

/// Text that escape() has passed, made safe for content and for a quoted attribute.
[[nodiscard]] std::string markup_safe(std::string_view escaped);

/// Foreign bytes, made safe for both.
[[nodiscard]] std::string safe(std::string_view bytes);

/// A table of its own width that is moved sideways where the window is narrower.
struct Table {
  std::string_view label = {};                ///< what a screen reader says of it
  std::vector<std::string_view> titles = {};  ///< of the columns
  std::vector<std::size_t> numbers = {};      ///< columns of numbers: aligned to the right
  struct Row {
    std::string_view css_class = {};
    std::vector<std::string> cells = {};  ///< markup
  };
  std::vector<Row> rows = {};
};
[[nodiscard]] std::string table(const Table& table);

/// A part of the page with its heading. Empty when there is no content.
[[nodiscard]] std::string section(std::string_view id, std::string_view heading,
                                  std::string_view content);

}  // namespace iptmode::html
