// SPDX-License-Identifier: GPL-2.0-or-later
#include "rulesets.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
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

/// kube-proxy's sets in ipvs mode have other types than the rest.
std::string type_of_set(const std::string& name) {
  if (name.ends_with("-CLUSTER")) return "hash:ip,port";
  if (name.ends_with("-LOOP")) return "hash:ip,port,ip";
  return name.ends_with("-PORTS") ? "bitmap:port range 0-65535" : "hash:net";
}

void load(const Release& writer, const std::string& text, bool is_ipv6) {
  const std::string own = "chroot " + writer.root + " /usr/sbin/";
  for (const std::string& counter : named_after(text, "--nfacct-name"))
    shell(own + "nfacct add " + counter);
  for (const std::string& set : named_after(text, "--match-set")) {
    const std::string type = type_of_set(set);
    const bool has_family = is_ipv6 && type.starts_with("hash");
    shell(own + "ipset create " + set + " " + type + (has_family ? " family inet6" : ""));
  }
  kernel::feed(command(writer, is_ipv6 ? "ip6tables-restore" : "iptables-restore"), text);
}

/// Of the targets in cells/ these are chains.
bool is_chain(const std::string& target) {
  constexpr std::array<std::string_view, 6> kBeginnings{"KUBE-",  "cali-", "CNI-",
                                                        "DOCKER", "f2b-",  "IN_"};
  return std::ranges::any_of(kBeginnings,
                             [&](std::string_view begin) { return target.starts_with(begin); });
}

struct Rules {
  std::set<std::string> chains = {};
  std::string lines = {};
};

void add_cell(const std::string& line, int number, std::map<std::string, Rules>& tables) {
  const auto end_of_table = line.find(" | ");
  const std::string rule = line.substr(end_of_table + 3, line.rfind(" | ") - end_of_table - 3);
  const std::string chain = "R" + std::to_string(number);
  Rules& rules = tables[line.substr(0, end_of_table)];
  rules.chains.insert(chain);
  for (const char* option : {"-j", "-g"})
    for (const std::string& target : named_after(rule, option))
      if (is_chain(target)) rules.chains.insert(target);
  rules.lines += "-A " + chain + " " + rule + "\n";
}

std::string rules_of_cells(const std::filesystem::path& path) {
  std::map<std::string, Rules> tables;
  std::istringstream lines{content(path)};
  int number = 0;
  for (std::string line; std::getline(lines, line); ++number)
    if (!line.empty() && line.front() != '#') add_cell(line, number, tables);
  std::string text;
  for (const auto& [table, rules] : tables) {
    text += "*" + table + "\n";
    for (const std::string& chain : rules.chains) text += ":" + chain + " - [0:0]\n";
    text += rules.lines + "COMMIT\n";
  }
  return text;
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
  load(writer, content(path), path.extension() == ".v6");
}

void load_cells(const Release& writer, const std::filesystem::path& path) {
  load(writer, rules_of_cells(path), path.extension() == ".v6");
}

}  // namespace iptmode::cross_reading::test
