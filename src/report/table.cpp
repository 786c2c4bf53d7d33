// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/table.h"

#include <algorithm>

#include "report/display.h"

namespace iptmode::report {

namespace {

constexpr std::size_t kGap = 2;
constexpr std::string_view kMark = "<-";

/// A column that is shown, and how wide.
struct Slot {
  std::size_t index = 0;
  std::size_t width = 0;
};

std::size_t total(const std::vector<Slot>& slots) {
  std::size_t sum = 0;
  for (const Slot& slot : slots) sum += slot.width + kGap;
  return sum - (slots.empty() ? 0 : kGap);
}

std::vector<Slot> natural(std::span<const Column> columns, std::span<const Row> rows) {
  std::vector<Slot> slots;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::size_t width = display_width(columns[i].title);
    for (const Row& row : rows) width = std::max(width, display_width(row.cells.at(i)));
    slots.push_back({.index = i, .width = width});
  }
  return slots;
}

// One column less, from the widest that may still shrink; false when none may.
bool shrink(std::vector<Slot>& slots, std::span<const Column> columns) {
  Slot* widest = nullptr;
  for (Slot& slot : slots) {
    const std::size_t narrowest = columns[slot.index].narrowest;
    if (narrowest == 0 || slot.width <= narrowest) continue;
    if (widest == nullptr || slot.width > widest->width) widest = &slot;
  }
  if (widest == nullptr) return false;
  --widest->width;
  return true;
}

bool drop_one(std::vector<Slot>& slots, std::span<const Column> columns) {
  auto first = slots.end();
  for (auto slot = slots.begin(); slot != slots.end(); ++slot) {
    const unsigned order = columns[slot->index].drop_order;
    if (order == 0) continue;
    if (first == slots.end() || order < columns[first->index].drop_order) first = slot;
  }
  if (first == slots.end()) return false;
  slots.erase(first);
  return true;
}

// Shortens as far as allowed, before leaving anything out.
std::vector<Slot> fit(std::vector<Slot> slots, std::span<const Column> columns, std::size_t width) {
  for (;;) {
    std::vector<Slot> shorter = slots;
    while (total(shorter) > width && shrink(shorter, columns)) {
    }
    if (total(shorter) <= width || !drop_one(slots, columns)) return shorter;
  }
}

std::string cell(std::string_view text, const Column& column, std::size_t width) {
  return padded(column.keep == Keep::head ? keep_head(text, width) : keep_tail(text, width), width);
}

std::string without_trailing_spaces(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

std::vector<std::string> lay_out(std::span<const Column> columns, std::span<const Row> rows,
                                 std::size_t width, const Paint& paint) {
  const bool marks = std::ranges::any_of(rows, &Row::marked);
  const std::size_t room = marks ? width - std::min(width, kGap + kMark.size()) : width;
  const std::vector<Slot> slots = fit(natural(columns, rows), columns, room);

  std::vector<std::string> lines;
  std::string titles;
  for (const Slot& slot : slots)
    titles += cell(columns[slot.index].title, columns[slot.index], slot.width + kGap);
  lines.push_back(paint(Tone::faint, without_trailing_spaces(std::move(titles))));
  for (const Row& row : rows) {
    std::string line;
    for (const Slot& slot : slots) {
      line += cell(row.cells.at(slot.index), columns[slot.index], slot.width);
      line.append(kGap, ' ');
    }
    if (row.marked) line += paint(Tone::bad, kMark);
    lines.push_back(without_trailing_spaces(std::move(line)));
  }
  return lines;
}

}  // namespace iptmode::report
