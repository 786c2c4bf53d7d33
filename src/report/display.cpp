// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/display.h"

#include <algorithm>
#include <array>

namespace iptmode::report {

namespace {

struct Range {
  char32_t first = 0;
  char32_t last = 0;
};

// Unicode 15, general categories Mn and Me, the blocks that occur in text for people.
constexpr std::array kZeroWidth{
    Range{0x0300, 0x036f}, Range{0x0483, 0x0489}, Range{0x0591, 0x05bd}, Range{0x0610, 0x061a},
    Range{0x064b, 0x065f}, Range{0x1ab0, 0x1aff}, Range{0x1dc0, 0x1dff}, Range{0x200b, 0x200f},
    Range{0x20d0, 0x20ff}, Range{0xfe00, 0xfe0f}, Range{0xfe20, 0xfe2f}, Range{0xe0100, 0xe01ef}};

// Unicode 15, East_Asian_Width W and F.
constexpr std::array kDoubleWidth{
    Range{0x1100, 0x115f},   Range{0x2e80, 0x303e},   Range{0x3041, 0xa4cf},
    Range{0xa960, 0xa97c},   Range{0xac00, 0xd7a3},   Range{0xf900, 0xfaff},
    Range{0xfe30, 0xfe6f},   Range{0xff01, 0xff60},   Range{0xffe0, 0xffe6},
    Range{0x1f300, 0x1f64f}, Range{0x1f680, 0x1f6ff}, Range{0x1f900, 0x1f9ff},
    Range{0x20000, 0x3fffd}};

struct Character {
  char32_t code = 0;
  std::size_t bytes = 1;
};

bool is_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80U;
}

std::size_t sequence_length(unsigned char lead) {
  if (lead >= 0xf0U) return 4;
  if (lead >= 0xe0U) return 3;
  return lead >= 0xc0U ? 2 : 1;
}

// The first character of a text that is not empty.
Character first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = sequence_length(lead);
  if (length == 1 || length > text.size()) return {.code = lead};
  if (!std::ranges::all_of(text.substr(1, length - 1), is_continuation)) return {.code = lead};
  char32_t code = lead & (0xffU >> (length + 1));
  for (const char byte : text.substr(1, length - 1))
    code = (code << 6U) | (static_cast<unsigned char>(byte) & 0x3fU);
  return {.code = code, .bytes = length};
}

template <std::size_t N>
bool within(const std::array<Range, N>& ranges, char32_t code) {
  return std::ranges::any_of(
      ranges, [&](const Range& range) { return code >= range.first && code <= range.last; });
}

std::size_t columns_of(char32_t code) {
  if (within(kZeroWidth, code)) return 0;
  return within(kDoubleWidth, code) ? 2 : 1;
}

// How many bytes from the front fit into `columns`.
std::size_t bytes_within(std::string_view text, std::size_t columns) {
  std::size_t bytes = 0;
  std::size_t used = 0;
  while (bytes < text.size()) {
    const Character next = first_character(text.substr(bytes));
    used += columns_of(next.code);
    if (used > columns) break;
    bytes += next.bytes;
  }
  return bytes;
}

constexpr std::string_view kCut = "...";

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Character next = first_character(text);
    width += columns_of(next.code);
    text.remove_prefix(next.bytes);
  }
  return width;
}

std::string keep_head(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns) return std::string{text};
  const std::string_view cut = kCut.substr(0, columns);
  return std::string{text.substr(0, bytes_within(text, columns - cut.size()))}.append(cut);
}

std::string keep_tail(std::string_view text, std::size_t columns) {
  std::size_t width = display_width(text);
  if (width <= columns) return std::string{text};
  const std::string_view cut = kCut.substr(0, columns);
  while (!text.empty() && width > columns - cut.size()) {
    const Character next = first_character(text);
    width -= columns_of(next.code);
    text.remove_prefix(next.bytes);
  }
  return std::string{cut}.append(text);
}

std::string padded(std::string_view text, std::size_t columns) {
  const std::size_t width = display_width(text);
  std::string result{text};
  if (width < columns) result.append(columns - width, ' ');
  return result;
}

std::vector<std::string> wrap(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines;
  std::string line;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (word.empty()) continue;
    if (!line.empty() && display_width(line) + 1 + display_width(word) > columns) {
      lines.push_back(std::move(line));
      line.clear();
    }
    if (!line.empty()) line += ' ';
    line += word;
  }
  if (!line.empty() || lines.empty()) lines.push_back(std::move(line));
  return lines;
}

std::vector<std::string> wrap_after(std::string_view lead, std::string_view text,
                                    std::size_t columns) {
  const std::size_t indent = display_width(lead);
  std::vector<std::string> lines = wrap(text, columns > indent ? columns - indent : 1);
  for (std::string& line : lines) line.insert(0, indent, ' ');
  lines.front().replace(0, indent, lead);
  return lines;
}

}  // namespace iptmode::report
