// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/nftables_config.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace iptmode::collect {

namespace {

constexpr std::size_t kMaxFound = 64;  // of each kind; a real file has one
constexpr std::array<std::string_view, 6> kFamilies{"ip", "ip6", "inet", "arp", "bridge", "netdev"};

/// One word, quoted text or separator.
struct Token {
  std::string_view text = {};
  bool quoted = false;
  std::uint32_t line = 1;
};

/// Takes tokens off nft's syntax.
class Tokens {
 public:
  explicit Tokens(std::string_view text) : rest_{text} {}

  /// False at the end.
  bool next(Token& token) {
    skip_blanks();
    if (rest_.empty()) return false;
    token = {.line = line_};
    const char first = rest_.front();
    if (first == '"' || first == '\'') {
      token.quoted = true;
      take_quoted(first, token);
    } else if (first == '\n' || is_separator(first)) {
      token.text = take(1);
    } else {
      const auto end = std::ranges::find_if(rest_, [](char c) { return ends_word(c); });
      token.text = take(static_cast<std::size_t>(end - rest_.begin()));
    }
    return true;
  }

 private:
  static bool is_separator(char c) { return c == ';' || c == '{' || c == '}'; }
  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
  static bool ends_word(char c) {
    return is_separator(c) || is_blank(c) || c == '\n' || c == '"' || c == '\'' || c == '#';
  }

  std::string_view take(std::size_t length) {
    const std::string_view taken = rest_.substr(0, length);
    line_ += static_cast<std::uint32_t>(std::ranges::count(taken, '\n'));
    rest_.remove_prefix(taken.size());
    return taken;
  }
  void take_quoted(char quote, Token& token) {
    take(1);
    token.text = take(std::min(rest_.find(quote), rest_.size()));
    take(1);
  }
  /// Blanks, comments and a newline behind a backslash.
  void skip_blanks() {
    while (!rest_.empty()) {
      if (is_blank(rest_.front()))
        take(1);
      else if (rest_.starts_with("\\\n"))
        take(2);
      else if (rest_.front() == '#')
        take(std::min(rest_.find('\n'), rest_.size()));
      else
        return;
    }
  }

  std::string_view rest_;
  std::uint32_t line_ = 1;
};

}  // namespace

NftablesConfig parse_nftables_config(std::string_view text, const std::string& file) {
  NftablesConfig config;
  Tokens tokens{text};
  Token token;
  std::string_view before;  // the word before, in the same statement
  bool after_flush = false;
  while (tokens.next(token)) {
    const bool is_family =
        after_flush && std::ranges::find(kFamilies, token.text) != kFamilies.end();
    if (is_family) config.flushes.back().family = token.text;
    after_flush = false;
    if (token.quoted) {
      if (before == "include" && config.includes.size() < kMaxFound)
        config.includes.emplace_back(token.text);
    } else if (before == "flush" && token.text == "ruleset" && config.flushes.size() < kMaxFound) {
      config.flushes.push_back({.file = file, .line = token.line});
      after_flush = true;
    }
    before = token.quoted ? std::string_view{} : token.text;
  }
  return config;
}

}  // namespace iptmode::collect
