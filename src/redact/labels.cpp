// SPDX-License-Identifier: GPL-2.0-or-later
#include "redact/labels.h"

#include <algorithm>
#include <array>

#include "iptmode/component.h"
#include "iptmode/installation.h"

namespace iptmode::redact {

namespace {

constexpr std::size_t kLongestLabel = 253;

}  // namespace

bool is_lower_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_alnum(char c) {
  return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z');
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string in_lower_case(std::string_view text) {
  std::string result{text};
  std::ranges::transform(result, result.begin(), lower);
  return result;
}

bool inside_a_word(std::string_view text, std::size_t at) {
  return at > 0 && is_alnum(text[at - 1]);
}

bool has_letter(std::string_view label) {
  return std::ranges::any_of(label, [](char c) { return c >= 'a' && c <= 'z'; });
}

std::string_view label_at(std::string_view text, std::size_t at, std::string_view also) {
  std::size_t end = at;
  while (end < text.size() && end - at < kLongestLabel &&
         (is_lower_or_digit(text[end]) || also.find(text[end]) != also.npos))
    ++end;
  while (end > at && !is_lower_or_digit(text[end - 1])) --end;
  return text.substr(at, end - at);
}

std::optional<ObjectName> object_name_at(std::string_view text, std::size_t at) {
  const std::string_view name_space = label_at(text, at, "-");
  const std::size_t slash = at + name_space.size();
  if (name_space.empty() || slash >= text.size() || text[slash] != '/') return std::nullopt;
  const std::string_view name = label_at(text, slash + 1, "-.");
  const bool named = has_letter(name_space) && has_letter(name) && !name_space.starts_with("0x");
  return named ? std::optional{ObjectName{name_space, name}} : std::nullopt;
}

bool is_telling(std::string_view label) {
  constexpr std::size_t kShortest = 5;
  return label.size() >= kShortest &&
         label.find_first_of("-0123456789") != std::string_view::npos && !is_vocabulary(label);
}

bool is_vocabulary(std::string_view name) {
  constexpr std::array<std::string_view, 28> kWords{
      "localhost",   "filter",  "nat",   "mangle", "raw",  "security",  "input",
      "output",      "forward", "host",  "legacy", "auto", "nf_tables", "pod",
      "default",     "kernel",  "error", "none",   "true", "false",     "nil",
      "kube-system", "null",    "tcp",   "udp",    "unix", "http",      "https"};
  const auto is_it = [&](std::string_view word) { return word == name; };
  return std::ranges::any_of(kWords, is_it) || std::ranges::any_of(all_program_names(), is_it) ||
         std::ranges::any_of(all_component_traits(), is_it, &ComponentTraits::name);
}

}  // namespace iptmode::redact
