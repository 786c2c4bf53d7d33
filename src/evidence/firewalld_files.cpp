// SPDX-License-Identifier: GPL-2.0-or-later
#include <array>

#include "evidence/sight.h"

namespace iptmode::evidence {

namespace {

constexpr std::size_t kMaxFile = std::size_t{256} << 10U;
constexpr std::size_t kMaxFiles = 128;

constexpr std::array kFiles{"firewalld.conf", "direct.xml", "lockdown-whitelist.xml"};
constexpr std::array kDirectories{"zones", "policies", "services", "ipsets"};

/// A file that an administrator did not make is none that is missing.
bool read_one(Sight& sight, const std::string& name) {
  const auto text = sight.host.read("/etc/firewalld/" + name, kMaxFile);
  if (text) sight.add("firewalld/" + name, "/etc/firewalld/" + name, *text);
  const bool absent = !text && text.error().code == std::errc::no_such_file_or_directory;
  if (!text && !absent) sight.miss("firewalld/" + name, text.error());
  return text.has_value();
}

bool is_plain(const std::string& name) {
  return name.ends_with(".xml") && name.find('/') == name.npos;
}

}  // namespace

void read_firewalld_files(Sight& sight) {
  std::size_t found = 0;
  for (const char* file : kFiles)
    if (read_one(sight, file)) ++found;
  for (const std::string directory : kDirectories) {
    const auto names = sight.host.names("/etc/firewalld/" + directory);
    if (!names) continue;
    for (const std::string& name : *names)
      if (is_plain(name) && found < kMaxFiles &&
          read_one(sight, std::string{directory}.append("/").append(name)))
        ++found;
  }
  if (found == 0) sight.miss("firewalld", "there is nothing in /etc/firewalld");
}

}  // namespace iptmode::evidence
