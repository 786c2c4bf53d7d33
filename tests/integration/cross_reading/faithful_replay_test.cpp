// SPDX-License-Identifier: GPL-2.0-or-later
// What a reader prints of a rebuilt shape is what it prints of the rule itself.
#include <gmock/gmock.h>

#include <filesystem>
#include <map>
#include <sstream>

#include "cross_reading/cross_reader.h"
#include "cross_reading/save_text.h"
#include "fresh_network.h"
#include "rulesets.h"
#include "with_releases.h"

namespace iptmode::cross_reading::test {
namespace {

using kernel::in_fresh_network;
using kernel::NetworkReading;
using kernel::shell;

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

CrossReading read_by(const NetworkReading& network, std::vector<Candidate> readers) {
  return CrossReader::start(*network.state.nft, std::move(readers), {}).finish();
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

class FaithfulReplay : public WithReleases {};

using Loader = void (*)(const Release&, const std::filesystem::path&);

/// Writes the rules of one file with one release and holds the newest one's replay against them.
void try_replay(const std::filesystem::path& path, const Release& writer, const Release& newest,
                Loader load_rules = load) {
  SCOPED_TRACE(path.filename().string() + " by " + to_string(writer.version));
  in_fresh_network([&] {
    load_rules(writer, path);
    const NetworkReading network = kernel::read_own();
    std::vector<Candidate> readers;
    readers.push_back(candidate(newest));
    const CrossReading reading = read_by(network, std::move(readers));
    for (const SetAside& aside : reading.set_aside)
      ADD_FAILURE() << aside.table << " " << aside.shape << ": " << aside.reason;
    expect_faithful(network, reading, newest);
  });
}

TEST_F(FaithfulReplay, OfEveryRulesetByEveryWriter) {
  for (const auto& path : rulesets_in(IPTMODE_RULESETS)) {
    if (path.extension() == ".nft") continue;
    // This one goes on top of others, into chains of theirs.
    if (path.stem() == "damaged") continue;
    for (const Release& writer : releases_) try_replay(path, writer, releases_.back());
  }
}

TEST_F(FaithfulReplay, OfEveryRuleThatHasACell) {
  for (const char* name : {"rules.v4", "rules.v6"})
    for (const Release& writer : releases_)
      try_replay(std::filesystem::path{IPTMODE_CELLS} / name, writer, releases_.back(), load_cells);
}

TEST_F(FaithfulReplay, OfWhatRealComponentsWrote) {
  for (const auto& path : rulesets_in(IPTMODE_RECORDED))
    for (const Release* writer : {&releases_.front(), &releases_.back()})
      try_replay(path, *writer, releases_.back());
}

}  // namespace
}  // namespace iptmode::cross_reading::test
