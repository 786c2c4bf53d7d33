// SPDX-License-Identifier: GPL-2.0-or-later
#include "rule_text/tokens.h"

#include <algorithm>

namespace iptmode::rule_text {
namespace {

bool is_blank(char byte) {
  return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

/// Reads the quoted part at the front of `rest`, which starts behind the quote. False when it does
/// not end.
bool take_quoted(std::string_view& rest, std::string& text) {
  while (!rest.empty()) {
    const char byte = rest.front();
    rest.remove_prefix(1);
    if (byte == '"') return true;
    if (byte == '\\' && !rest.empty()) {
      text += rest.front();
      rest.remove_prefix(1);
    } else {
      text += byte;
    }
  }
  return false;
}

std::optional<Token> take_token(std::string_view& rest) {
  Token token;
  while (!rest.empty() && !is_blank(rest.front())) {
    const char byte = rest.front();
    rest.remove_prefix(1);
    if (byte != '"') {
      token.text += byte;
      continue;
    }
    token.quoted = true;
    if (!take_quoted(rest, token.text)) return std::nullopt;
  }
  return token;
}

bool needs_quotes(const Token& token) {
  const bool looks_like_syntax = token.quoted && (token.text.starts_with('-') || token.text == "!");
  return token.text.empty() || looks_like_syntax ||
         std::ranges::any_of(token.text, [](char byte) { return is_blank(byte) || byte == '"'; });
}

}  // namespace

bool Token::is_option() const {
  if (quoted || text.size() < 2 || text.front() != '-') return false;
  const char second = text[1] == '-' && text.size() > 2 ? text[2] : text[1];
  return (second >= 'a' && second <= 'z') || (second >= 'A' && second <= 'Z');
}

std::optional<std::vector<Token>> tokens_of(std::string_view line) {
  if (line.size() > kMaxLine) return std::nullopt;
  std::vector<Token> tokens;
  for (;;) {
    while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
    if (line.empty()) return tokens;
    if (tokens.size() == kMaxTokens) return std::nullopt;
    std::optional<Token> token = take_token(line);
    if (!token) return std::nullopt;
    tokens.push_back(std::move(*token));
  }
}

std::string spelt(const Token& token) {
  if (!needs_quotes(token)) return token.text;
  std::string text = "\"";
  for (const char byte : token.text) {
    if (byte == '"' || byte == '\\') text += '\\';
    text += byte;
  }
  return text + '"';
}

std::string joined(const std::vector<Token>& tokens) {
  std::string line;
  for (const Token& token : tokens) line.append(line.empty() ? "" : " ").append(spelt(token));
  return line;
}

}  // namespace iptmode::rule_text
