// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/utf8.h"

namespace iptmode {
namespace {

/// The form of a sequence, told by its first byte.
struct Lead {
  std::size_t length = 0;
  char32_t payload = 0;
  char32_t smallest = 0;  // what a shorter form could not have said
};

Lead lead_of(unsigned char byte) noexcept {
  if (byte < 0x80U) return {.length = 1, .payload = byte, .smallest = 0};
  if (byte < 0xc0U) return {};
  if (byte < 0xe0U) return {.length = 2, .payload = byte & 0x1fU, .smallest = 0x80};
  if (byte < 0xf0U) return {.length = 3, .payload = byte & 0x0fU, .smallest = 0x800};
  if (byte < 0xf8U) return {.length = 4, .payload = byte & 0x07U, .smallest = 0x10000};
  return {};
}

bool is_scalar_value(char32_t code_point) noexcept {
  const bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
  return code_point <= 0x10ffff && !surrogate;
}

}  // namespace

Utf8Character decode_utf8(std::string_view text) noexcept {
  if (text.empty()) return {};
  const Lead lead = lead_of(static_cast<unsigned char>(text.front()));
  if (lead.length == 0 || lead.length > text.size()) return {};

  char32_t code_point = lead.payload;
  for (const char c : text.substr(1, lead.length - 1)) {
    const auto byte = static_cast<unsigned char>(c);  // char may be signed
    if ((byte & 0xc0U) != 0x80U) return {};
    code_point = (code_point << 6U) | (byte & 0x3fU);
  }
  if (code_point < lead.smallest || !is_scalar_value(code_point)) return {};
  return {.length = lead.length, .code_point = code_point};
}

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::size_t length = decode_utf8(text).length;
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace iptmode
