// SPDX-License-Identifier: GPL-2.0-or-later
// What a reader prints of a rebuilt shape is what it prints of the rule itself.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "cross_reading/cross_reader.h"
#include "cross_reading/save_text.h"
#include "fresh_network.h"
#include "releases.h"

namespace iptmode::cross_reading::test {
namespace {

using kernel::in_fresh_network;
using kernel::NetworkReading;
using kernel::shell;

std::string content(const std::filesystem::path& path) {
  std::ifstream file{path};
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Rules of `table` by their chain, "-A CHAIN" left out.
std::multimap<std::string, std::string> rules_by_chain(const std::string& text,
                                                       const std::string& table) {
  std::multimap<std::string, std::string> rules;
  std::istringstream lines{text};
  std::string open;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('*')) open = line.substr(1);
    if (open != table || !line.starts_with("-A ")) continue;
    const auto end = std::min(line.find(' ', 3), line.size());
    rules.emplace(line.substr(3, end - 3), line.substr(end));
  }
  return rules;
}

/// The words that follow `option`, each once.
std::set<std::string> named_after(const std::string& text, std::string_view option) {
  std::set<std::string> names;
  std::istringstream words{text};
  for (std::string word, name; words >> word;)
    if (word == option && words >> name) names.insert(name);
  return names;
}

CrossReading read_by(const NetworkReading& network, std::vector<Candidate> readers) {
  return CrossReader::start(*network.state.nft, std::move(readers), {}).finish();
}

/// Loads a file of iptables rules with `writer`, with the sets and counters that it names.
void load(const Release& writer, const std::filesystem::path& path) {
  const bool is_ipv6 = path.extension() == ".v6";
  const std::string own = "chroot " + writer.root + " /usr/sbin/";
  for (const std::string& counter : named_after(content(path), "--nfacct-name"))
    shell(own + "nfacct add " + counter);
  for (const std::string& set : named_after(content(path), "--match-set"))
    shell(own + "ipset create " + set + " hash:net" + (is_ipv6 ? " family inet6" : ""));
  kernel::feed(command(writer, is_ipv6 ? "ip6tables-restore" : "iptables-restore"), content(path));
}

/// That every exemplar is printed as its rule is: same chain, same words.
void expect_faithful(const NetworkReading& network, const CrossReading& reading,
                     const Release& reader) {
  ASSERT_FALSE(reading.skipped) << *reading.skipped;
  ASSERT_EQ(reading.readers.size(), 1U);
  for (const FamilyReading& family : reading.readers.front().families) {
    const bool is_ipv6 = family.family == IpFamily::ipv6;
    ASSERT_EQ(family.whole.outcome, SaveRun::Outcome::printed) << family.whole.detail;
    const std::string original =
        shell(command(reader, is_ipv6 ? "ip6tables-save" : "iptables-save"));
    for (const NftTable& table : *network.state.nft) {
      if (kernel::family_of(table) != family.family) continue;
      const auto rules = rules_by_chain(original, table.name);
      const auto rebuilt = rules_by_chain(family.whole.text, table.name);
      for (std::uint32_t i = 0; i < table.shapes.size(); ++i) {
        const auto text = rebuilt.find(shape_chain_name(i));
        if (text == rebuilt.end()) {
          ADD_FAILURE() << table.name << " " << i << " of " << table.shapes[i].chain
                        << " is not printed";
          continue;
        }
        const auto [first, last] = rules.equal_range(table.shapes[i].chain);
        const bool found =
            std::any_of(first, last, [&](const auto& rule) { return rule.second == text->second; });
        EXPECT_TRUE(found) << table.name << " " << table.shapes[i].chain << text->second;
      }
    }
  }
}

class FaithfulReplay : public testing::Test {
 protected:
  void SetUp() override {
    releases_ = releases();
    if (!releases_.empty()) return;
    if (roots_are_required()) FAIL() << kNoRoots;
    GTEST_SKIP() << kNoRoots;
  }
  std::vector<Release> releases_ = {};
};

TEST_F(FaithfulReplay, OfEveryRulesetByEveryWriter) {
  const Release& newest = releases_.back();
  for (const auto& entry : std::filesystem::directory_iterator{IPTMODE_RULESETS}) {
    if (entry.path().extension() == ".nft") continue;
    // This one goes on top of others, into chains of theirs.
    if (entry.path().stem() == "damaged") continue;
    for (const Release& writer : releases_) {
      SCOPED_TRACE(entry.path().filename().string() + " by " + to_string(writer.version));
      in_fresh_network([&] {
        load(writer, entry.path());
        const NetworkReading network = kernel::read_own();
        std::vector<Candidate> readers;
        readers.push_back(candidate(newest));
        const CrossReading reading = read_by(network, std::move(readers));
        for (const SetAside& aside : reading.set_aside)
          ADD_FAILURE() << aside.table << " " << aside.shape << ": " << aside.reason;
        expect_faithful(network, reading, newest);
      });
    }
  }
}

}  // namespace
}  // namespace iptmode::cross_reading::test
