// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace iptmode::rule_text {

/// One word of a line of iptables-save, without its quotes.
struct Token {
  std::string text = {};
  bool quoted = false;  ///< it stood in quotes: never an option, never "!"
  bool operator==(const Token&) const = default;

  [[nodiscard]] bool is(std::string_view word) const { return !quoted && text == word; }
  /// Looks like an option: "-j", "--dport".
  [[nodiscard]] bool is_option() const;
};

inline constexpr std::size_t kMaxLine = 65536;  ///< a real rule has at most some 2,000 bytes
inline constexpr std::size_t kMaxTokens = 1024;

/// Words are separated by any number of blanks. Inside double quotes a backslash takes the next
/// byte as it is (iptables escapes quotes and backslashes so). Nothing for a line that is too long,
/// has too many words, or ends inside quotes.
[[nodiscard]] std::optional<std::vector<Token>> tokens_of(std::string_view line);

/// The words with one blank between them, quoted where iptables would.
[[nodiscard]] std::string joined(const std::vector<Token>& tokens);
[[nodiscard]] std::string spelt(const Token& token);

}  // namespace iptmode::rule_text
