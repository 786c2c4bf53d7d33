// SPDX-License-Identifier: GPL-2.0-or-later
#include "evidence/listing.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <ctime>
#include <system_error>

#include <fmt/format.h>

#include "iptmode/escape.h"

namespace iptmode::evidence {

namespace {

char type_of(mode_t mode) {
  if (S_ISLNK(mode)) return 'l';
  if (S_ISDIR(mode)) return 'd';
  if (S_ISREG(mode)) return '-';
  return S_ISCHR(mode) ? 'c' : S_ISBLK(mode) ? 'b' : S_ISFIFO(mode) ? 'p' : 's';
}

std::string permissions(mode_t mode) {
  std::string text{type_of(mode)};
  constexpr std::string_view kLetters = "rwxrwxrwx";
  for (std::size_t i = 0; i < kLetters.size(); ++i)
    text += (mode & (0400U >> i)) != 0 ? kLetters[i] : '-';
  if ((mode & S_ISUID) != 0) text[3] = (mode & S_IXUSR) != 0 ? 's' : 'S';
  if ((mode & S_ISGID) != 0) text[6] = (mode & S_IXGRP) != 0 ? 's' : 'S';
  return text;
}

std::string size_text(std::int64_t bytes) {
  constexpr std::int64_t kUnit = 1024;
  if (bytes < kUnit) return std::to_string(bytes);
  if (bytes < kUnit * kUnit) return fmt::format("{:.1f}K", static_cast<double>(bytes) / 1024);
  return fmt::format("{:.1f}M", static_cast<double>(bytes) / (1024 * 1024));
}

// In UTC: a time zone is a file of the place.
std::string time_text(std::time_t time) {
  std::tm parts{};
  if (::gmtime_r(&time, &parts) == nullptr) return "?";
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}", 1900L + parts.tm_year, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min);
}

std::string target_of(const std::string& path, mode_t mode) {
  if (!S_ISLNK(mode)) return {};
  std::array<char, 4096> target{};
  const ssize_t size = ::readlink(path.c_str(), target.data(), target.size());
  if (size < 0) return " -> ?";
  return " -> " + escape({target.data(), static_cast<std::size_t>(size)});
}

/// Empty when there is no such file.
std::string line_of(const std::string& directory, const std::string& name) {
  const std::string path = directory + "/" + name;
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return {};
    return fmt::format("{}: {}\n", escape(name), std::generic_category().message(errno));
  }
  return fmt::format("{} {:>2} {:>5} {:>5} {:>7} {} {}{}\n", permissions(status.st_mode),
                     status.st_nlink, status.st_uid, status.st_gid, size_text(status.st_size),
                     time_text(status.st_mtime), escape(name), target_of(path, status.st_mode));
}

}  // namespace

std::string listing(const std::vector<std::string>& directories,
                    const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& directory : directories) {
    std::string lines;
    const std::string self = line_of(directory, ".");
    for (const std::string& name : names) lines += line_of(directory, name);
    if (!lines.empty())
      text.append(escape(directory)).append(":\n").append(self).append(lines).push_back('\n');
  }
  return text;
}

}  // namespace iptmode::evidence
