// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <map>

#include "firewalld/zone_file.h"

namespace iptmode::firewalld {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string to_lower(std::string_view text) {
  std::string result{text};
  std::ranges::transform(result, result.begin(), lower);
  return result;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n\v\f";
  const auto begin = text.find_first_not_of(kBlank);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

using Settings = std::map<std::string_view, std::string_view>;

Settings lines_of(std::string_view text) {
  Settings settings;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto equals = line.find('=');
    if (line.empty() || line.front() == '#' || line.front() == ';' || equals == line.npos) continue;
    const std::string_view value = trim(line.substr(equals + 1));
    // firewalld takes no value with another equals sign in it, and of two lines the first.
    if (value.empty() || value.find('=') != value.npos) continue;
    settings.emplace(trim(line.substr(0, equals)), value);
  }
  return settings;
}

std::optional<bool> switch_in(const Settings& settings, std::string_view key) {
  const auto found = settings.find(key);
  if (found == settings.end()) return std::nullopt;
  const std::string word = to_lower(found->second);
  if (is_yes(word)) return true;
  return word == "no" || word == "false" ? std::optional{false} : std::nullopt;
}

}  // namespace

bool is_yes(std::string_view text) {
  const std::string word = to_lower(text);
  return word == "yes" || word == "true";
}

FirewalldSettings parse_settings_file(std::string_view text) {
  const Settings settings = lines_of(text);
  const auto backend = settings.find("FirewallBackend");
  const auto zone = settings.find("DefaultZone");
  const bool iptables = backend != settings.end() && to_lower(backend->second) == "iptables";
  return {.backend = iptables ? "iptables" : "nftables",
          .flush_all_on_reload = switch_in(settings, "FlushAllOnReload").value_or(true),
          .nftables_table_owner = switch_in(settings, "NftablesTableOwner"),
          .default_zone = std::string{zone != settings.end() ? zone->second : "public"}};
}

}  // namespace iptmode::firewalld
