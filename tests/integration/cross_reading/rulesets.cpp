// SPDX-License-Identifier: GPL-2.0-or-later
#include "rulesets.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "fresh_network.h"

namespace iptmode::cross_reading::test {
namespace {

using kernel::shell;

std::string content(const std::filesystem::path& path) {
  std::ifstream file{path};
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The words that follow `option`, each once.
std::set<std::string> named_after(const std::string& text, std::string_view option) {
  std::set<std::string> names;
  std::istringstream words{text};
  for (std::string word, name; words >> word;)
    if (word == option && words >> name) names.insert(name);
  return names;
}

}  // namespace

std::vector<std::filesystem::path> rulesets_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator{folder})
    if (entry.path().extension() != ".md") paths.push_back(entry.path());
  std::ranges::sort(paths);
  return paths;
}

void load(const Release& writer, const std::filesystem::path& path) {
  const bool is_ipv6 = path.extension() == ".v6";
  const std::string own = "chroot " + writer.root + " /usr/sbin/";
  for (const std::string& counter : named_after(content(path), "--nfacct-name"))
    shell(own + "nfacct add " + counter);
  for (const std::string& set : named_after(content(path), "--match-set"))
    shell(own + "ipset create " + set + " hash:net" + (is_ipv6 ? " family inet6" : ""));
  kernel::feed(command(writer, is_ipv6 ? "ip6tables-restore" : "iptables-restore"), content(path));
}

}  // namespace iptmode::cross_reading::test
