// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/escape.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "model/utf8.h"

namespace iptmode {
namespace {

struct CodePointRange {
  char32_t first = 0;
  char32_t last = 0;
};

// What a terminal obeys instead of printing it, or what hides in a line of print: a name with one
// of these can look like another name.
constexpr std::array kUnprintable{
    CodePointRange{0x0000, 0x001f},    // C0 controls
    CodePointRange{0x007f, 0x009f},    // DEL and C1 controls
    CodePointRange{0x00ad, 0x00ad},    // soft hyphen
    CodePointRange{0x061c, 0x061c},    // Arabic letter mark
    CodePointRange{0x180e, 0x180e},    // Mongolian vowel separator
    CodePointRange{0x200b, 0x200f},    // zero-width characters, direction marks
    CodePointRange{0x2028, 0x202e},    // line separators, bidirectional embeddings and overrides
    CodePointRange{0x2060, 0x206f},    // word joiner, invisible operators, bidirectional isolates
    CodePointRange{0xfe00, 0xfe0f},    // variation selectors
    CodePointRange{0xfeff, 0xfeff},    // byte order mark
    CodePointRange{0xfff0, 0xffff},    // annotations, non-characters
    CodePointRange{0xe0000, 0xe0fff},  // tags
};

bool is_printable(char32_t code_point) noexcept {
  return std::none_of(kUnprintable.begin(), kUnprintable.end(), [&](CodePointRange range) {
    return code_point >= range.first && code_point <= range.last;
  });
}

void append_hex(std::string& out, std::string_view bytes) {
  constexpr std::string_view kHex = "0123456789abcdef";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += "\\x";
    out += kHex[byte >> 4U];
    out += kHex[byte & 0xfU];
  }
}

constexpr std::size_t kEscapedByte = 4;  // the length of \xNN

/// The byte that an escape at the start of `text` stands for.
std::optional<char> escaped_byte(std::string_view text) {
  if (text.size() < kEscapedByte || !text.starts_with("\\x")) return std::nullopt;
  unsigned char byte = 0;
  const char* const end = text.data() + kEscapedByte;
  const auto [next, error] = std::from_chars(text.data() + 2, end, byte, 16);
  if (error != std::errc{} || next != end) return std::nullopt;
  return static_cast<char>(byte);
}

/// What is foreign here: one name or message, or a whole text.
enum class Form : std::uint8_t { line, text };

std::string escaped(std::string_view bytes, Form form) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const Utf8Character character = decode_utf8(bytes);
    const std::string_view raw = bytes.substr(0, std::max<std::size_t>(character.length, 1));
    const bool is_layout = form == Form::text && (raw == "\n" || raw == "\t");
    const bool is_printed = character.length != 0 && is_printable(character.code_point);
    if (!is_printed && !is_layout)
      append_hex(out, raw);
    else if (raw == "\\" && form == Form::line)
      out += "\\\\";
    else
      out += raw;
    bytes.remove_prefix(raw.size());
  }
  return out;
}

bool is_plain(char c) noexcept {
  return c >= ' ' && c <= '~' && c != '"' && c != '\'' && c != '\\' && c != '`';
}

}  // namespace

std::string escape(std::string_view bytes) {
  return escaped(bytes, Form::line);
}

std::string escape_text(std::string_view bytes) {
  return escaped(bytes, Form::text);
}

std::optional<std::string> unescape(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  while (!text.empty()) {
    const std::size_t plain = std::min(text.find('\\'), text.size());
    bytes.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) return bytes;
    if (text.starts_with("\\\\")) {
      bytes += '\\';
      text.remove_prefix(2);
    } else if (const auto byte = escaped_byte(text)) {
      bytes += *byte;
      text.remove_prefix(kEscapedByte);
    } else {
      return std::nullopt;
    }
  }
  return bytes;
}

std::string to_plain_ascii(std::string_view bytes) {
  std::string out{bytes};
  std::erase_if(out, [](char c) { return c == '\'' || c == '`'; });
  std::replace_if(
      out.begin(), out.end(), [](char c) { return !is_plain(c); }, '?');
  return out;
}

std::string shorten(std::string_view text, std::size_t max_bytes) {
  constexpr std::string_view kDots = "...";
  if (text.size() <= max_bytes) return std::string{text};
  if (max_bytes <= kDots.size()) return std::string{kDots.substr(0, max_bytes)};

  std::size_t keep = max_bytes - kDots.size();
  // Step back from the middle of a sequence. A sequence has at most three such bytes: with more,
  // the text is not UTF-8 and may be cut anywhere.
  const auto continues = [&](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U;
  };
  const std::size_t floor = keep > 3 ? keep - 3 : 0;
  std::size_t cut = keep;
  while (cut > floor && continues(cut)) --cut;
  if (!continues(cut)) keep = cut;
  return std::string{text.substr(0, keep)}.append(kDots);
}

}  // namespace iptmode
