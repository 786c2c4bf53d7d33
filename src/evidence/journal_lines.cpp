// SPDX-License-Identifier: GPL-2.0-or-later
#include "evidence/journal_lines.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

namespace iptmode::evidence {

namespace {

std::string in_lower_case(std::string_view text) {
  std::string result{text};
  std::ranges::transform(result, result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return result;
}

bool names_iptables(std::string_view line) {
  constexpr std::array<std::string_view, 4> kWords{"tables", "nft", "netfilter", "ipset"};
  const std::string lower = in_lower_case(line);
  return std::ranges::any_of(kWords,
                             [&](std::string_view word) { return lower.find(word) != lower.npos; });
}

/// "token=abc", "password: abc", "--token abc", "Bearer abc"
std::string without_secrets(std::string_view line) {
  constexpr std::array<std::string_view, 7> kWords{"token",  "password", "passwd",     "secret",
                                                   "apikey", "bearer",   "private-key"};
  constexpr std::string_view kBetween = "=: \"'";
  const std::string lower = in_lower_case(line);
  std::string result;
  for (std::size_t at = 0; at < line.size();) {
    const auto word = std::ranges::find_if(kWords, [&](std::string_view candidate) {
      return std::string_view{lower}.substr(at).starts_with(candidate);
    });
    if (word == kWords.end()) {
      result += line[at++];
      continue;
    }
    const std::size_t value = line.find_first_not_of(kBetween, at + word->size());
    const bool followed = value != line.npos && value > at + word->size();
    const std::size_t end =
        followed ? std::min(line.find_first_of(" \",'", value), line.size()) : 0;
    result += line.substr(at, (followed ? value : at + word->size()) - at);
    at = followed ? end : at + word->size();
    if (followed) result += "***";
  }
  return result;
}

}  // namespace

std::string journal_lines(std::string_view reversed) {
  std::vector<std::string> lines;
  for (std::size_t end = reversed.find('\n'); end != reversed.npos; end = reversed.find('\n')) {
    const std::string_view line = reversed.substr(0, end);
    if (names_iptables(line)) lines.push_back(without_secrets(line));
    reversed.remove_prefix(end + 1);
  }
  std::string text;
  for (std::size_t left = lines.size(); left-- > 0;) text.append(lines[left]).push_back('\n');
  return text;
}

}  // namespace iptmode::evidence
