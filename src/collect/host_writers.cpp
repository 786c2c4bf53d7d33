// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/host_writers.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "collect/arguments.h"
#include "collect/lines.h"

namespace iptmode::collect {

namespace {

constexpr std::size_t kMaxCalls = 3;   // one proves it, three show it
constexpr std::size_t kMaxText = 120;  // of a line that is shown
constexpr std::size_t kMaxLines = 20000;

constexpr std::array<std::string_view, 4> kWriters{"iptables", "ip6tables", "iptables-restore",
                                                   "ip6tables-restore"};
// What may stand before a command besides the separators of the shell.
constexpr std::array<std::string_view, 20> kBefore{
    "then",     "do",   "else",      "if",  "while", "!",      "{",
    "sudo",     "exec", "nice",      "up",  "down",  "pre-up", "post-up",
    "pre-down", "root", "post-down", "env", "time",  "@reboot"};
constexpr std::array<std::string_view, 8> kReads{"-L",     "-S",        "-V",   "-nL",
                                                 "--list", "--version", "-vnL", "-h"};

bool is_one_of(const auto& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

bool is_separator(char c) {
  return c == ';' || c == '|' || c == '&' || c == '(' || c == '`' || c == '"' || c == '\'' ||
         c == '=' || c == '{';
}

/// One line as words; a separator at the end of a word, or alone, ends a command.
struct Word {
  std::string_view text = {};
  bool begins_command = false;
};

std::vector<Word> words_of(std::string_view line) {
  std::vector<Word> words;
  bool begins = true;
  std::size_t i = 0;
  while (i < line.size()) {
    const char c = line[i];
    if (c == ' ' || c == '\t' || is_separator(c)) {
      begins = begins || is_separator(c);
      ++i;
      continue;
    }
    if (c == '#') break;
    const std::size_t start = i;
    while (i < line.size() && line[i] != ' ' && line[i] != '\t' && !is_separator(line[i])) ++i;
    const std::string_view text = line.substr(start, i - start);
    words.push_back({text, begins});
    begins = is_one_of(kBefore, text);
  }
  return words;
}

bool writes_rules(const std::vector<Word>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view path = words[i].text;
    if (!is_one_of(kWriters, base_name(path))) continue;
    const bool absolute = path.starts_with('/');
    if (!absolute && !words[i].begins_command) continue;
    if (path.find("/k0s/") != path.npos) continue;
    if (path.ends_with("-restore")) return true;
    // A call that lists names no rule to write; one without arguments does nothing.
    if (i + 1 == words.size()) continue;
    const bool reads = std::any_of(words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end(),
                                   [](const Word& word) { return is_one_of(kReads, word.text); });
    if (!reads) return true;
  }
  return false;
}

template <class Counts>
std::vector<IptablesCall> calls_in(std::string_view text, const Counts& counts) {
  std::vector<IptablesCall> calls;
  for (std::size_t line = 1; !text.empty() && line <= kMaxLines; ++line) {
    const std::string_view content = trim(take_line(text));
    if (calls.size() == kMaxCalls) break;
    if (content.find("tables") == content.npos || !counts(content)) continue;
    calls.push_back({.line = line, .text = std::string{content.substr(0, kMaxText)}});
  }
  return calls;
}

/// "ExecStart=-/usr/sbin/iptables -F" without the key and the prefixes of systemd.service(5).
std::string_view command_of_unit_line(std::string_view line) {
  if (!line.starts_with("Exec")) return {};
  const auto equals = line.find('=');
  if (equals == line.npos) return {};
  line = trim(line.substr(equals + 1));
  while (!line.empty() && std::string_view{"-@:+!"}.find(line.front()) != std::string_view::npos)
    line.remove_prefix(1);
  return line;
}

}  // namespace

std::vector<IptablesCall> calls_in_script(std::string_view text) {
  return calls_in(text, [](std::string_view line) { return writes_rules(words_of(line)); });
}

std::vector<IptablesCall> calls_in_unit(std::string_view text) {
  return calls_in(text, [](std::string_view line) {
    return writes_rules(words_of(command_of_unit_line(line)));
  });
}

std::vector<std::string> programs_of_unit(std::string_view text) {
  constexpr std::size_t kMaxPrograms = 16;
  std::vector<std::string> programs;
  while (!text.empty() && programs.size() < kMaxPrograms) {
    const std::string_view command = command_of_unit_line(trim(take_line(text)));
    for (const Word& word : words_of(command))
      if (word.text.starts_with('/')) programs.emplace_back(word.text);
  }
  return programs;
}

bool is_script(std::string_view text) {
  return text.starts_with("#!");
}

std::string last_value(std::string_view text, std::string_view key) {
  std::string value;
  while (!text.empty()) {
    const std::string_view line = trim(take_line(text));
    const auto equals = line.find('=');
    if (equals == line.npos || trim(line.substr(0, equals)) != key) continue;
    std::string_view found = trim(line.substr(equals + 1));
    if (found.size() >= 2 && (found.front() == '"' || found.front() == '\'') &&
        found.back() == found.front())
      found = found.substr(1, found.size() - 2);
    value = found.substr(0, kMaxText);
  }
  return value;
}

bool docker_leaves_iptables(std::string_view text) {
  const auto document = nlohmann::json::parse(text, nullptr, false);
  if (!document.is_object()) return false;
  const auto iptables = document.find("iptables");
  if (iptables != document.end() && iptables->is_boolean() && !iptables->get<bool>()) return true;
  const auto backend = document.find("firewall-backend");
  return backend != document.end() && *backend == "nftables";
}

}  // namespace iptmode::collect
