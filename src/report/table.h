// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "report/paint.h"

namespace iptmode::report {

/// Which end of a cell that is too long is kept.
enum class Keep : std::uint8_t { head, tail };

struct Column {
  std::string_view title = {};
  std::size_t narrowest = 0;  ///< columns it may be shortened to; 0: never shortened
  unsigned drop_order = 0;    ///< 1 is left out first where there is no room; 0: never left out
  Keep keep = Keep::head;
};

struct Row {
  std::vector<std::string> cells = {};  ///< escaped; one for each column
  bool marked = false;                  ///< gets an arrow at its end
};

/// Title line and rows, columns as wide as their content. Where `width` is too small, columns are
/// first shortened, the widest first, then left out in their drop order.
[[nodiscard]] std::vector<std::string> lay_out(std::span<const Column> columns,
                                               std::span<const Row> rows, std::size_t width,
                                               const Paint& paint);

}  // namespace iptmode::report
