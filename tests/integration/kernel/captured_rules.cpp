// SPDX-License-Identifier: GPL-2.0-or-later
#include "captured_rules.h"

#include <filesystem>
#include <fstream>

namespace iptmode::kernel {

std::map<std::string, std::string> captured_rules(const std::string& writer) {
  std::map<std::string, std::string> rules;
  std::filesystem::path path{IPTMODE_CAPTURED_RULES};
  path /= writer;
  path += ".hex";
  std::ifstream file{path};
  for (std::string line; std::getline(file, line);) {
    const std::size_t tab = line.find('\t');
    std::string bytes;
    for (std::size_t at = 0; at + 1 < tab; at += 2)
      bytes.push_back(static_cast<char>(std::stoi(line.substr(at, 2), nullptr, 16)));
    rules.emplace(line.substr(tab + 1), bytes);
  }
  return rules;
}

}  // namespace iptmode::kernel
