// SPDX-License-Identifier: GPL-2.0-or-later
#include "rule_text/option_groups.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <tuple>
#include <utility>

#include "rule_text/values.h"

namespace iptmode::rule_text {
namespace {

constexpr std::array<std::string_view, 11> kFreeText{
    "--comment",  "--log-prefix", "--nflog-prefix",  "--ulog-prefix",
    "--helper",   "--string",     "--hex-string",    "--u32",
    "--bytecode", "--match-set",  "--hashlimit-name"};

/// What iptables prints or leaves out, as the release likes; the meaning is the same.
struct Default {
  std::string_view name = {};
  std::string_view option = {};
  std::string_view value = {};
};
constexpr std::array kDefaults{
    Default{"limit", "--limit-burst", "5"},
    Default{"limit", "--limit", "3/hour"},
    Default{"LOG", "--log-level", "4"},
    Default{"NFLOG", "--nflog-group", "0"},
    Default{"NFLOG", "--nflog-threshold", "1"},
    Default{"REJECT", "--reject-with", "icmp-port-unreachable"},
    Default{"REJECT", "--reject-with", "icmp6-port-unreachable"},
    Default{"NFQUEUE", "--queue-num", "0"},
    Default{"TEE", "--oif", ""},
};

constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kWords{{{"emerg", "0"},
                                                                                {"alert", "1"},
                                                                                {"crit", "2"},
                                                                                {"err", "3"},
                                                                                {"error", "3"},
                                                                                {"warning", "4"},
                                                                                {"warn", "4"},
                                                                                {"notice", "5"},
                                                                                {"info", "6"},
                                                                                {"debug", "7"},
                                                                                {"panic", "0"}}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kUnits{
    {{"/second", "/sec"}, {"/minute", "/min"}, {"/hours", "/hour"}}};

std::string plain_number(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0X"))
    if (const auto number = number_of(text)) return std::to_string(*number);
  if (text.find('.') == text.rfind('.') && text.find('.') != std::string_view::npos) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc{} && end == text.data() + text.size()) return std::to_string(value);
  }
  return std::string{text};
}

/// "0x10/0xff" as "16/255", "10/minute" as "10/min".
std::string plain_value(std::string_view option, const Token& token) {
  if (token.quoted && token.text.find_first_of(" \"\\") != std::string::npos) return spelt(token);
  std::string_view text = token.text;
  if (option == "--log-level")
    for (const auto& [word, number] : kWords)
      if (word == text) return std::string{number};
  for (const auto& [unit, brief] : kUnits)
    if (text.ends_with(unit))
      return std::string{text.substr(0, text.size() - unit.size())}.append(brief);
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return plain_number(text);
  return plain_number(text.substr(0, slash)) + "/" + plain_number(text.substr(slash + 1));
}

std::string words_of(const Option& option) {
  std::string words = option.negated ? "! " : "";
  words += option.name;
  const bool free_text = std::ranges::find(kFreeText, option.name) != kFreeText.end();
  for (const Token& value : option.values)
    words.append(" ").append(free_text ? spelt(value) : plain_value(option.name, value));
  return words;
}

bool is_default(std::string_view name, const Option& option) {
  if (option.negated || option.values.size() != 1) return false;
  const std::string value = plain_value(option.name, option.values.front());
  return std::ranges::any_of(kDefaults, [&](const Default& row) {
    return row.name == name && row.option == option.name && row.value == value;
  });
}

}  // namespace

Option take_option(const std::vector<Token>& tokens, std::size_t& at) {
  Option option;
  if (at < tokens.size() && tokens[at].is("!")) {
    option.negated = true;
    ++at;
  }
  if (at == tokens.size()) return option;
  option.name = tokens[at++].text;
  if (std::ranges::find(kFreeText, option.name) != kFreeText.end() && at < tokens.size())
    option.values.push_back(tokens[at++]);
  // Releases before 1.4 wrote "--dport ! 80".
  if (at + 1 < tokens.size() && tokens[at].is("!") && !tokens[at + 1].is_option()) {
    option.negated = true;
    ++at;
  }
  while (at < tokens.size() && !tokens[at].is_option() && !tokens[at].is("!"))
    option.values.push_back(tokens[at++]);
  return option;
}

std::string canonical_options(std::string_view name, std::vector<Option> options) {
  std::erase_if(options, [&](const Option& option) { return is_default(name, option); });
  std::vector<std::string> words;
  for (const Option& option : options) words.push_back(words_of(option));
  std::ranges::sort(words);
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? "" : " ").append(word);
  return text;
}

std::string canonical_options(std::string_view name, std::string_view text) {
  const auto tokens = tokens_of(text);
  if (!tokens) return std::string{text};
  std::vector<Option> options;
  for (std::size_t at = 0; at < tokens->size();) options.push_back(take_option(*tokens, at));
  return canonical_options(name, std::move(options));
}

}  // namespace iptmode::rule_text
