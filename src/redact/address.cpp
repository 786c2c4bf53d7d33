// SPDX-License-Identifier: GPL-2.0-or-later
#include "redact/address.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <vector>

namespace iptmode::redact {

namespace {

constexpr std::size_t kGroups = 8;
constexpr std::size_t kLongestAddress = 45;  // IPv6 with an IPv4 address at its end

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// "_" is none: kube-proxy's chains end in "__10.244.0.2/53".
bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

char char_at(std::string_view text, std::size_t at) {
  return at < text.size() ? text[at] : '\0';
}

/// A number of at most `digits` digits at `at`, moved over.
std::optional<unsigned> number_at(std::string_view text, std::size_t& at, std::size_t digits,
                                  int base) {
  const std::string_view part = text.substr(at, digits);
  unsigned value = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value, base);
  if (error != std::errc{} || end == part.data()) return std::nullopt;
  at += static_cast<std::size_t>(end - part.data());
  return value;
}

/// Four numbers up to 255 with `separator` between them, whatever stands around.
std::optional<std::string> four_numbers(std::string_view text, std::size_t& at, char separator) {
  std::string bytes;
  std::size_t end = at;
  for (std::size_t i = 0; i < 4; ++i) {
    if (i > 0 && char_at(text, end++) != separator) return std::nullopt;
    if (!is_digit(char_at(text, end))) return std::nullopt;
    const auto value = number_at(text, end, 3, 10);
    if (!value || *value > 255) return std::nullopt;
    bytes += static_cast<char>(*value);
  }
  at = end;
  return bytes;
}

/// Whether the text goes on as the same row: "1.2.3.4.5", "2026-11-26-10-20".
bool row_goes_on(std::string_view text, std::size_t begin, std::size_t end, char separator) {
  if (is_word(char_at(text, end))) return true;
  if (char_at(text, end) == separator && is_digit(char_at(text, end + 1))) return true;
  return begin >= 2 && text[begin - 1] == separator && is_digit(text[begin - 2]);
}

std::optional<FoundAddress> ipv4_at(std::string_view text, std::size_t at) {
  if (at > 0 && is_word(text[at - 1])) return std::nullopt;
  for (const char separator : {'.', '-'}) {
    std::size_t end = at;
    auto bytes = four_numbers(text, end, separator);
    if (bytes && !row_goes_on(text, at, end, separator))
      return FoundAddress{
          .bytes = std::move(*bytes), .separator = separator, .length = end - at, .prefix = 32};
  }
  return std::nullopt;
}

std::string two_bytes(unsigned value) {
  return {static_cast<char>(value >> 8U), static_cast<char>(value & 0xffU)};
}

/// The groups of one side of "::", as bytes. Nothing if it is no row of groups.
std::optional<std::string> groups_of(std::string_view text) {
  std::string bytes;
  std::size_t at = 0;
  while (at < text.size()) {
    if (at > 0 && text[at++] != ':') return std::nullopt;
    std::size_t end = at;
    if (auto last = four_numbers(text, end, '.'); last && end == text.size()) return bytes + *last;
    const auto group = is_hex(char_at(text, at)) ? number_at(text, at, 4, 16) : std::nullopt;
    if (!group) return std::nullopt;
    bytes += two_bytes(*group);
  }
  return bytes;
}

std::optional<std::string> parse_ipv6(std::string_view text) {
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) {
    auto bytes = groups_of(text);
    return bytes && bytes->size() == kGroups * 2 ? bytes : std::nullopt;
  }
  const auto head = groups_of(text.substr(0, gap));
  const auto tail = groups_of(text.substr(gap + 2));
  if (!head || !tail || head->size() + tail->size() > (kGroups - 1) * 2) return std::nullopt;
  return *head + std::string(kGroups * 2 - head->size() - tail->size(), '\0') + *tail;
}

std::optional<FoundAddress> ipv6_at(std::string_view text, std::size_t at) {
  if (at > 0 && (is_word(text[at - 1]) || text[at - 1] == ':' || text[at - 1] == '.'))
    return std::nullopt;
  std::size_t end = at;
  while (end < text.size() && (is_hex(text[end]) || text[end] == ':' || text[end] == '.')) ++end;
  if (is_word(char_at(text, end)) || end - at > kLongestAddress + 2) return std::nullopt;
  // Punctuation of a sentence: "fd00::1: no route", "from fd00::1."
  while (end > at && text[end - 1] == '.') --end;
  if (end - at > 2 && text[end - 1] == ':' && text[end - 2] != ':') --end;
  std::string address{text.substr(at, end - at)};
  // kube-proxy writes "fd00..2" in the names of its chains.
  const bool dotted =
      at >= 2 && text.substr(at - 2, 2) == "__" && address.find(':') == address.npos;
  if (dotted) std::ranges::replace(address, '.', ':');
  auto bytes = parse_ipv6(address);
  if (!bytes) return std::nullopt;
  return FoundAddress{.bytes = std::move(*bytes),
                      .separator = dotted ? '.' : ':',
                      .length = end - at,
                      .prefix = 128};
}

/// How many bits a netmask has, when it is one.
std::optional<std::size_t> mask_length(const std::string& bytes) {
  std::uint32_t mask = 0;
  for (const char byte : bytes) mask = mask << 8U | static_cast<unsigned char>(byte);
  const auto ones = static_cast<std::size_t>(std::countl_one(mask));
  if (static_cast<std::size_t>(std::popcount(mask)) != ones) return std::nullopt;
  return ones;
}

/// The prefix length that follows an address of `bits` bits, or all of them.
std::size_t prefix_at(std::string_view text, std::size_t at, std::size_t bits) {
  if (char_at(text, at) != '/') return bits;
  std::size_t end = ++at;
  if (const auto mask = four_numbers(text, end, '.'); mask && bits == 32)
    return mask_length(*mask).value_or(bits);
  const auto length = is_digit(char_at(text, at)) ? number_at(text, at, 3, 10) : std::nullopt;
  const bool valid = length && *length <= bits && !is_word(char_at(text, at));
  return valid ? *length : bits;
}

std::array<unsigned, kGroups> groups_in(const std::string& bytes) {
  std::array<unsigned, kGroups> groups{};
  const auto byte = [&](std::size_t at) -> unsigned {
    return static_cast<unsigned char>(bytes[at]);
  };
  for (std::size_t i = 0; i < kGroups; ++i) groups.at(i) = byte(i * 2) << 8U | byte(i * 2 + 1);
  return groups;
}

/// The longest run of zeros, of two at least, the first of equals: where it begins and its length.
std::pair<std::size_t, std::size_t> longest_gap(const std::array<unsigned, kGroups>& groups) {
  std::pair<std::size_t, std::size_t> best{kGroups, 1};
  for (std::size_t begin = 0; begin < kGroups; ++begin) {
    std::size_t end = begin;
    while (end < kGroups && groups.at(end) == 0) ++end;
    if (end - begin > best.second) best = {begin, end - begin};
  }
  return best;
}

std::string hexadecimal(unsigned value) {
  std::array<char, 8> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return {digits.data(), end};
}

std::string ipv6_text(const std::string& bytes) {
  const auto groups = groups_in(bytes);
  const auto [gap, length] = longest_gap(groups);
  std::string text;
  for (std::size_t i = 0; i < kGroups; ++i) {
    if (i == gap) text += "::";
    if (i >= gap && i < gap + length) continue;
    if (!text.empty() && text.back() != ':') text += ':';
    text += hexadecimal(groups.at(i));
  }
  return text;
}

}  // namespace

std::optional<FoundAddress> address_at(std::string_view text, std::size_t at) {
  const char first = char_at(text, at);
  std::optional<FoundAddress> found;
  if (is_hex(first) || first == ':') found = ipv6_at(text, at);
  if (!found && is_digit(first)) found = ipv4_at(text, at);
  if (found) found->prefix = prefix_at(text, at + found->length, found->prefix);
  return found;
}

std::string address_text(const std::string& bytes, char separator) {
  std::string text;
  if (bytes.size() != 4) {
    text = ipv6_text(bytes);
    if (separator == '.') std::ranges::replace(text, ':', '.');
    return text;
  }
  for (const char byte : bytes) {
    if (!text.empty()) text += separator;
    text += std::to_string(static_cast<unsigned char>(byte));
  }
  return text;
}

}  // namespace iptmode::redact
