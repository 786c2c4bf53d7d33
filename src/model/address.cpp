// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/address.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <vector>

namespace iptmode {
namespace {

constexpr std::size_t kIpv4Bytes = 4;
constexpr std::size_t kIpv6Bytes = 16;
constexpr std::size_t kGroups = 8;

template <class Number>
std::optional<Number> number_in(std::string_view text, int base) {
  Number value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::string> parse_ipv4(std::string_view text) {
  std::string bytes;
  for (std::size_t part = 0; part < kIpv4Bytes; ++part) {
    const std::size_t dot = text.find('.');
    if ((dot == std::string_view::npos) != (part == kIpv4Bytes - 1)) return std::nullopt;
    const std::string_view digits = text.substr(0, dot);
    const auto value = number_in<std::uint8_t>(digits, 10);
    if (!value || (digits.size() > 1 && digits.front() == '0')) return std::nullopt;
    bytes.push_back(static_cast<char>(*value));
    text.remove_prefix(dot == std::string_view::npos ? text.size() : dot + 1);
  }
  return bytes;
}

/// The groups of one side of "::"; the last may be an IPv4 address.
std::optional<std::string> parse_groups(std::string_view text) {
  std::string bytes;
  while (!text.empty()) {
    const std::size_t colon = text.find(':');
    const std::string_view group = text.substr(0, colon);
    if (colon == std::string_view::npos && group.find('.') != std::string_view::npos) {
      const auto ipv4 = parse_ipv4(group);
      if (!ipv4) return std::nullopt;
      return bytes + *ipv4;
    }
    const auto value = number_in<std::uint16_t>(group, 16);
    if (!value || group.size() > 4) return std::nullopt;
    bytes.push_back(static_cast<char>(*value >> 8U));
    bytes.push_back(static_cast<char>(*value & 0xffU));
    if (colon == std::string_view::npos) return bytes;
    text.remove_prefix(colon + 1);
    if (text.empty()) return std::nullopt;  // a colon at the end
  }
  return bytes;
}

std::optional<std::string> parse_ipv6(std::string_view text) {
  const std::size_t gap = text.find("::");
  const auto head = parse_groups(text.substr(0, gap));
  if (!head) return std::nullopt;
  if (gap == std::string_view::npos) return head->size() == kIpv6Bytes ? head : std::nullopt;
  const auto tail = parse_groups(text.substr(gap + 2));
  if (!tail || head->size() + tail->size() >= kIpv6Bytes) return std::nullopt;
  return *head + std::string(kIpv6Bytes - head->size() - tail->size(), '\0') + *tail;
}

std::string ipv4_text(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    if (!text.empty()) text += '.';
    text += std::to_string(static_cast<unsigned char>(byte));
  }
  return text;
}

std::array<unsigned, kGroups> groups_of(std::string_view bytes) {
  std::array<unsigned, kGroups> groups = {};
  for (std::size_t i = 0; i < kGroups; ++i)
    groups.at(i) = static_cast<unsigned>(static_cast<unsigned char>(bytes[2 * i])) << 8U |
                   static_cast<unsigned char>(bytes[2 * i + 1]);
  return groups;
}

/// The first of the longest runs of at least two zero groups, as [begin, end).
std::pair<std::size_t, std::size_t> longest_gap(const std::array<unsigned, kGroups>& groups) {
  std::pair<std::size_t, std::size_t> best = {kGroups, kGroups};
  for (std::size_t begin = 0; begin < kGroups; ++begin) {
    std::size_t end = begin;
    while (end < kGroups && groups.at(end) == 0) ++end;
    if (end - begin >= 2 && end - begin > best.second - best.first) best = {begin, end};
  }
  return best;
}

std::string ipv6_text(std::string_view bytes) {
  constexpr std::size_t kMaxDigits = 4;
  const auto groups = groups_of(bytes);
  const auto [gap, behind] = longest_gap(groups);
  std::string text;
  for (std::size_t i = 0; i < kGroups;) {
    if (i == gap) {
      text += "::";
      i = behind;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    std::array<char, kMaxDigits> digits = {};
    const auto end = std::to_chars(digits.begin(), digits.end(), groups.at(i), 16).ptr;
    text.append(digits.begin(), end);
    ++i;
  }
  return text;
}

}  // namespace

std::optional<std::string> parse_address(std::string_view text) {
  return text.find(':') == std::string_view::npos ? parse_ipv4(text) : parse_ipv6(text);
}

std::string address_text(std::string_view bytes) {
  if (bytes.size() == kIpv4Bytes) return ipv4_text(bytes);
  if (bytes.size() == kIpv6Bytes) return ipv6_text(bytes);
  return {};
}

bool AddressRange::contains(std::string_view bytes) const {
  return bytes.size() == low.size() && low <= bytes && bytes <= high;
}

AddressRange network_of(std::string_view bytes, unsigned prefix) {
  constexpr unsigned kByteBits = 8;
  AddressRange range{.low = std::string{bytes}, .high = std::string{bytes}};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto before = static_cast<unsigned>(i) * kByteBits;
    const unsigned kept = prefix <= before ? 0 : std::min(prefix - before, kByteBits);
    const auto host = static_cast<unsigned char>(0xffU >> kept);
    const auto byte = static_cast<unsigned char>(bytes[i]);
    range.low[i] = static_cast<char>(byte & static_cast<unsigned char>(~host));
    range.high[i] = static_cast<char>(byte | host);
  }
  return range;
}

std::optional<AddressRange> parse_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto bytes = parse_address(text.substr(0, slash));
  if (!bytes) return std::nullopt;
  const auto all = static_cast<unsigned>(bytes->size() * 8);
  if (slash == std::string_view::npos) return network_of(*bytes, all);
  const auto prefix = number_in<unsigned>(text.substr(slash + 1), 10);
  if (!prefix || *prefix > all) return std::nullopt;
  return network_of(*bytes, *prefix);
}

}  // namespace iptmode
