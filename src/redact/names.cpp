// SPDX-License-Identifier: GPL-2.0-or-later
#include "redact/names.h"

#include <sha2.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "redact/labels.h"

namespace iptmode::redact {

namespace {

constexpr std::size_t kHashDigits = 8;

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

// Of a label that is a word of ours only the name with its domain is one.
std::string Names::host_pseudonym(std::string_view whole) const {
  const std::string_view label = whole.substr(0, whole.find('.'));
  return pseudonym("host", is_vocabulary(label) ? whole : label);
}

void Names::learn_host(std::string_view name) {
  const std::string whole = in_lower_case(name);
  const std::string label = whole.substr(0, whole.find('.'));
  if (label.empty() || label == "localhost") return;
  if (label != whole || !is_vocabulary(label)) hosts_[whole] = host_pseudonym(whole);
  if (!is_vocabulary(label)) hosts_[label] = host_pseudonym(whole);
}

// What a line only calls a host is one elsewhere if it looks like one.
void Names::learn_called_host(std::string_view name) {
  const std::string whole = in_lower_case(name);
  const std::string label = whole.substr(0, whole.find('.'));
  if (label != whole && label != "localhost") hosts_[whole] = host_pseudonym(whole);
  if (is_telling(label)) hosts_[label] = host_pseudonym(whole);
}

void Names::learn_object(std::string_view name_space, std::string_view name) {
  const std::string instead = pseudonym("obj", name);
  std::string whole = std::string{name_space} + "/" + std::string{name};
  objects_.emplace(std::move(whole), pseudonym("ns", name_space) + "/" + instead);
  if (is_telling(name)) objects_.emplace(name, instead);
}

void Names::learn_journal(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    learn_line(text.substr(at, end - at));
    at = end + 1;
  }
}

void Names::learn_line(std::string_view line) {
  learn_host(host_of_line(line));
  for (std::size_t at = 0; at < line.size(); ++at) {
    const auto found = journal_name_at(line, at);
    if (!found) continue;
    const std::string_view name = line.substr(found->at, found->length);
    if (found->kind == NameKind::host)
      learn_called_host(name);
    else if (const auto pair = object_name_at(name, 0))
      learn_object(pair->name_space, pair->name);
    else if (is_telling(name))
      objects_.emplace(name, instead_of(found->kind, name));
  }
  learn_lists(line);
}

// pods=["shop/web-0","shop/web-1"]
void Names::learn_lists(std::string_view line) {
  constexpr std::string_view kBegin = "=[";
  for (std::size_t at = line.find(kBegin); at != line.npos; at = line.find(kBegin, at + 1)) {
    const std::string_view list = line.substr(at, line.find(']', at) - at);
    if (list.find('"') != list.npos) learn_comment(list);
  }
}

std::string Names::instead_of(NameKind kind, std::string_view name) const {
  if (kind == NameKind::host) return host_pseudonym(in_lower_case(name));
  if (kind == NameKind::name_space) return pseudonym("ns", name);
  const auto pair = object_name_at(name, 0);
  if (!pair) return pseudonym("obj", name);
  return pseudonym("ns", pair->name_space) + "/" + pseudonym("obj", pair->name);
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
