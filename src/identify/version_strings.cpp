// SPDX-License-Identifier: GPL-2.0-or-later
#include "identify/version_strings.h"

#include <cstring>

#include <algorithm>
#include <optional>

namespace iptmode::identify {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kLongestVersion = 17;  // three numbers of five digits
constexpr std::size_t kLongestText = 32;

/// Offset of the first `text` at or after `from`, or npos. By memmem(3), which glibc and musl have:
/// std::search and string_view::find take up to thirty times as long on the zeros of an ELF file.
std::size_t find(std::string_view bytes, std::string_view text, std::size_t from = 0) {
  const std::string_view rest = bytes.substr(std::min(from, bytes.size()));
  if (rest.empty()) return std::string_view::npos;  // it may be a null pointer then
  const void* found = ::memmem(rest.data(), rest.size(), text.data(), text.size());
  if (found == nullptr) return std::string_view::npos;
  return static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
}

/// Calls `visit(offset)` for each occurrence of `text`.
template <class Visit>
void for_each_occurrence(std::string_view bytes, std::string_view text, Visit visit) {
  for (std::size_t at = find(bytes, text); at != std::string_view::npos;
       at = find(bytes, text, at + 1))
    visit(at);
}

/// The versions that a file names, as far as they matter: none, one, or several different ones.
/// Keeps nothing else, whatever a hostile file repeats.
class Candidates {
 public:
  void add(Version version) {
    contradictory_ = contradictory_ || (first_ && *first_ != version);
    if (!first_) first_ = version;
  }
  void add(const Candidates& more) {
    contradictory_ = contradictory_ || more.contradictory_;
    if (more.first_) add(*more.first_);
  }
  [[nodiscard]] bool any() const { return first_.has_value(); }
  [[nodiscard]] std::optional<Version> only_one() const {
    return contradictory_ ? std::nullopt : first_;
  }

 private:
  std::optional<Version> first_;
  bool contradictory_ = false;
};

bool is_version_character(char c) {
  return (c >= '0' && c <= '9') || c == '.';
}

/// The version that ends before `end` and begins after a NUL.
std::optional<Version> version_before(std::string_view bytes, std::size_t end) {
  std::size_t begin = end;
  while (begin > 0 && end - begin <= kLongestVersion && is_version_character(bytes[begin - 1]))
    --begin;
  if (begin == 0 || bytes[begin - 1] != '\0') return std::nullopt;
  return version_from_string(bytes.substr(begin, end - begin));
}

/// Releases that are written out with a suffix: "\0" "1.8.9 (nf_tables)" "\0".
Candidates versions_with(std::string_view bytes, std::string_view suffix) {
  Candidates found;
  for_each_occurrence(bytes, suffix, [&](std::size_t at) {
    if (const auto version = version_before(bytes, at)) found.add(*version);
  });
  return found;
}

/// Releases that stand alone between two NULs, from `first` to before `end`. Other libraries in a
/// static build leave their numbers as well, hence the bounds.
Candidates bare_versions(std::string_view bytes, Version first, Version end) {
  Candidates found;
  for_each_occurrence(bytes, "\0001."sv, [&](std::size_t at) {
    const std::string_view rest = bytes.substr(at + 1, kLongestVersion + 1);
    const std::size_t length = rest.find('\0');
    if (length == std::string_view::npos) return;
    const auto version = version_from_string(rest.substr(0, length));
    if (version && *version >= first && *version < end) found.add(*version);
  });
  return found;
}

/// The text between the NUL before `end` and `end`; empty when it is too long or has none.
std::string_view text_before(std::string_view bytes, std::size_t end) {
  const std::string_view window = bytes.substr(0, end).substr(end - std::min(end, kLongestText));
  const auto nul = window.rfind('\0');
  return nul == std::string_view::npos ? std::string_view{} : window.substr(nul + 1);
}

/// Three or four numbers with dots.
bool is_release(std::string_view text) {
  const auto dots = std::ranges::count(text, '.');
  if (dots < 2 || dots > 3 || text.front() == '.' || text.back() == '.') return false;
  return std::ranges::all_of(text, is_version_character) &&
         text.find("..") == std::string_view::npos;
}

std::optional<Backend> either(bool nf_tables, bool legacy) {
  if (nf_tables == legacy) return std::nullopt;  // neither, or a file that claims both
  return nf_tables ? Backend::nf_tables : Backend::legacy;
}

}  // namespace

bool holds(std::string_view bytes, std::string_view text) {
  return find(bytes, text) != std::string_view::npos;
}

Identity identity_from_strings(std::string_view bytes) {
  // From 1.8.8 on: one literal, version and suffix.
  const Candidates nf_tables = versions_with(bytes, " (nf_tables)\0"sv);
  const Candidates legacy = versions_with(bytes, " (legacy)\0"sv);
  if (nf_tables.any() || legacy.any()) {
    Candidates all = nf_tables;
    all.add(legacy);
    return {.backend = either(nf_tables.any(), legacy.any()), .version = all.only_one()};
  }
  // 1.8.0 to 1.8.7: the suffix is in the format, the number stands alone.
  const auto backend = either(holds(bytes, "%s v%s (nf_tables)"), holds(bytes, "%s v%s (legacy)"));
  if (!backend) return {};
  return {.backend = backend, .version = bare_versions(bytes, {1, 8, 0}, {1, 8, 9}).only_one()};
}

Identity identity_before_1_8(std::string_view bytes) {
  const auto version = bare_versions(bytes, {1, 4, 0}, {1, 8, 0}).only_one();
  if (!version) return {};
  // xtables-compat-multi of 1.6 became xtables-nft-multi in 1.8.0.
  const bool compat = holds(bytes, "\0iptables-compat\0"sv);
  return {.backend = compat ? Backend::nf_tables : Backend::legacy, .version = version};
}

std::string libnftables_version(std::string_view bytes) {
  // src/json.c: the object "metainfo" with PACKAGE_VERSION, RELEASE_NAME and a number.
  if (!holds(bytes, "\0nft_run_cmd_from_buffer\0"sv) || !holds(bytes, "\0json_schema_version\0"sv))
    return {};
  std::string only;
  bool several = false;
  for (const std::string_view first : {"\0000."sv, "\0001."sv, "\0002."sv})
    for_each_occurrence(bytes, first, [&](std::size_t at) {
      const std::string_view rest = bytes.substr(at + 1, kLongestVersion + 1);
      const std::string_view text = rest.substr(0, rest.find('\0'));
      if (text.size() == rest.size() || !is_release(text)) return;
      several = several || (!only.empty() && only != text);
      only = text;
    });
  return several ? std::string{} : only;
}

std::string nft_version(std::string_view bytes) {
  // src/main.c: printf("%s v%s (%s)\n", PACKAGE_NAME, PACKAGE_VERSION, RELEASE_NAME).
  if (!holds(bytes, "\0nftables\0"sv) || !holds(bytes, "%s v%s (%s)")) return {};
  std::string version;
  for_each_occurrence(bytes, "\0nftables\0"sv, [&](std::size_t at) {
    const std::string_view before = text_before(bytes, at);
    if (version.empty() && is_release(before)) version = before;
  });
  return version;
}

}  // namespace iptmode::identify
