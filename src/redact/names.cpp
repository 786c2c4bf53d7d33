// SPDX-License-Identifier: GPL-2.0-or-later
#include "redact/names.h"

#include <sha2.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "iptmode/component.h"
#include "iptmode/installation.h"

namespace iptmode::redact {

namespace {

constexpr std::size_t kHashDigits = 8;
constexpr std::size_t kShortestBareName = 5;
constexpr std::size_t kLongestLabel = 253;

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

/// What starts at `at` and could be a name of Kubernetes; empty if nothing could.
std::string_view label_at(std::string_view text, std::size_t at, std::string_view also) {
  std::size_t end = at;
  while (end < text.size() && end - at < kLongestLabel &&
         (is_lower_or_digit(text[end]) || also.find(text[end]) != also.npos))
    ++end;
  while (end > at && !is_lower_or_digit(text[end - 1])) --end;
  return text.substr(at, end - at);
}

struct ObjectName {
  std::string_view name_space = {};
  std::string_view name = {};
  [[nodiscard]] std::size_t length() const { return name_space.size() + 1 + name.size(); }
};

bool has_letter(std::string_view label) {
  return std::ranges::any_of(label, [](char c) { return c >= 'a' && c <= 'z'; });
}

/// "default/web". Not 0x4000/0x4000, 10.0.0.0/8 or part of a path.
std::optional<ObjectName> object_name_at(std::string_view text, std::size_t at) {
  const std::string_view name_space = label_at(text, at, "-");
  const std::size_t slash = at + name_space.size();
  if (name_space.empty() || slash >= text.size() || text[slash] != '/') return std::nullopt;
  const std::string_view name = label_at(text, slash + 1, "-.");
  const bool named = has_letter(name_space) && has_letter(name) && !name_space.starts_with("0x");
  return named ? std::optional{ObjectName{name_space, name}} : std::nullopt;
}

// The words of this program and of iptables: a host that is called so stays.
bool is_vocabulary(std::string_view name) {
  constexpr std::array<std::string_view, 18> kWords{
      "localhost", "filter", "nat",  "mangle",    "raw", "security", "input",  "output", "forward",
      "host",      "legacy", "auto", "nf_tables", "pod", "default",  "kernel", "error",  "none"};
  const auto is_it = [&](std::string_view word) { return word == name; };
  return std::ranges::any_of(kWords, is_it) || std::ranges::any_of(all_program_names(), is_it) ||
         std::ranges::any_of(all_component_traits(), is_it, &ComponentTraits::name);
}

/// The value after "comment ", with or without quotes.
std::string_view comment_value(std::string_view text) {
  const bool quoted = text.starts_with('"');
  std::size_t end = quoted ? 1 : 0;
  while (end < text.size() && text[end] != '\n' && text[end] != (quoted ? '"' : ' '))
    end += text[end] == '\\' ? std::size_t{2} : std::size_t{1};
  return text.substr(0, end);
}

}  // namespace

std::string Names::pseudonym(std::string_view kind, std::string_view name) const {
  const std::string text = key_ + std::string{kind} + std::string{name};
  const std::basic_string<std::uint8_t> bytes(text.begin(), text.end());
  std::array<char, SHA256_DIGEST_STRING_LENGTH> hex{};
  SHA256Data(bytes.data(), bytes.size(), hex.data());
  return std::string{kind} + "-" + std::string{hex.data(), kHashDigits};
}

void Names::learn_host(std::string_view name) {
  const std::string whole = in_lower_case(name);
  const std::string label = whole.substr(0, whole.find('.'));
  if (label.empty() || is_vocabulary(label)) return;
  const std::string instead = pseudonym("host", label);
  hosts_[whole] = instead;
  hosts_[label] = instead;
}

void Names::learn_object(std::string_view name_space, std::string_view name) {
  const std::string instead = pseudonym("obj", name);
  std::string whole = std::string{name_space} + "/" + std::string{name};
  objects_.emplace(std::move(whole), pseudonym("ns", name_space) + "/" + instead);
  // Alone it must look like a name: a service can be called "node".
  const bool looks = name.size() >= kShortestBareName &&
                     name.find_first_of("-0123456789") != std::string_view::npos;
  if (looks && !is_vocabulary(name)) objects_.emplace(name, instead);
}

void Names::learn_comment(std::string_view comment) {
  for (std::size_t at = 0; at < comment.size(); ++at) {
    if (inside_a_word(comment, at) || (at > 0 && comment[at - 1] == '/')) continue;
    const auto found = object_name_at(comment, at);
    if (!found) continue;
    learn_object(found->name_space, found->name);
    at += found->length();
  }
}

// "service-2EGBLKFX-default/web/tcp/http", "endpoint-2EGBLKFX-default/web/tcp/http__10.0.0.1/80"
void Names::learn_chain(std::string_view text) {
  constexpr std::size_t kHash = 8;
  constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  for (std::size_t dash = text.find('-'); dash != text.npos; dash = text.find('-', dash + 1)) {
    if (dash < kHash) continue;
    if (text.substr(dash - kHash, kHash).find_first_not_of(kBase32) != text.npos) continue;
    if (const auto found = object_name_at(text, dash + 1))
      learn_object(found->name_space, found->name);
  }
}

void Names::learn_rules(std::string_view text) {
  constexpr std::string_view kWord = "comment ";
  for (std::size_t at = text.find(kWord); at != text.npos; at = text.find(kWord, at + 1))
    learn_comment(comment_value(text.substr(at + kWord.size())));
  learn_chain(text);
}

std::optional<FoundName> Names::host_at(std::string_view text, std::size_t at) const {
  const std::string_view rest = text.substr(at);
  std::optional<FoundName> best;  // the longest: with the domain before without
  for (const auto& [name, instead] : hosts_) {
    const std::size_t length = name.size();
    if (rest.size() < length || lower(rest.front()) != name.front()) continue;
    if (in_lower_case(rest.substr(0, length)) != name) continue;
    if (length < rest.size() && is_alnum(rest[length])) continue;
    if (!best || best->length < length) best = FoundName{.length = length, .pseudonym = instead};
  }
  return best;
}

std::optional<FoundName> Names::object_at(std::string_view text, std::size_t at) const {
  if (!is_lower_or_digit(text[at])) return std::nullopt;
  if (const auto pair = object_name_at(text, at)) {
    const auto known = objects_.find(text.substr(at, pair->length()));
    if (known != objects_.end())
      return FoundName{.length = pair->length(), .pseudonym = known->second};
  }
  const std::string_view label = label_at(text, at, "-.");
  const auto known = objects_.find(label);
  if (known == objects_.end()) return std::nullopt;
  return FoundName{.length = label.size(), .pseudonym = known->second};
}

std::optional<FoundName> Names::name_at(std::string_view text, std::size_t at) const {
  if (inside_a_word(text, at)) return std::nullopt;
  if (auto host = host_at(text, at)) return host;
  return objects_.empty() ? std::nullopt : object_at(text, at);
}

}  // namespace iptmode::redact
