// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/search_path.h"

#include <algorithm>
#include <array>

namespace iptmode::collect {

namespace {

constexpr std::size_t kMaxEntries = 32;
constexpr std::size_t kMaxEntryLength = 4095;  // PATH_MAX of linux/limits.h, less the zero byte

void add_directory(std::vector<std::string>& path, std::string_view directory) {
  while (directory.size() > 1 && directory.ends_with('/')) directory.remove_suffix(1);
  if (!directory.starts_with('/') || directory.size() > kMaxEntryLength) return;
  if (std::ranges::find(path, directory) == path.end()) path.emplace_back(directory);
}

}  // namespace

std::vector<std::string> component_search_path(const std::optional<std::string>& path_variable) {
  constexpr std::array<std::string_view, 4> kAlways{"/usr/sbin", "/sbin", "/usr/bin", "/bin"};
  std::vector<std::string> path;
  std::string_view rest = path_variable ? std::string_view{*path_variable} : std::string_view{};
  while (!rest.empty() && path.size() < kMaxEntries - kAlways.size()) {
    const std::string_view entry = rest.substr(0, rest.find(':'));
    add_directory(path, entry);
    rest.remove_prefix(std::min(entry.size() + 1, rest.size()));
  }
  for (const std::string_view directory : kAlways) add_directory(path, directory);
  return path;
}

std::vector<std::string> host_search_path() {
  return {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"};
}

}  // namespace iptmode::collect
