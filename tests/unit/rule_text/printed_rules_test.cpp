// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "iptmode/rule_text.h"
#include "rule_text/compare.h"

// What real releases printed of each rule (cells/printed.*) against what each must be found to do
// (cells/rules.*), which was worked out by hand.
namespace iptmode {
namespace {

struct Expected {
  std::string rule = {};
  std::string cell = {};
};

std::vector<std::string> split(const std::string& line, const std::string& separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (;;) {
    const std::size_t end = line.find(separator, begin);
    parts.push_back(line.substr(begin, end - begin));
    if (end == std::string::npos) return parts;
    begin = end + separator.size();
  }
}

std::vector<std::string> lines_of(const std::string& name) {
  std::ifstream file{std::string{IPTMODE_CELLS "/"} + name};
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

std::map<std::string, Expected> expected_of(const std::string& name) {
  std::map<std::string, Expected> expected;
  std::size_t number = 0;
  for (const std::string& line : lines_of(name)) {
    ++number;
    if (line.empty() || line.front() == '#') continue;
    const std::size_t first = line.find(" | ");
    const std::size_t last = line.rfind(" | ");
    expected["R" + std::to_string(number)] = {line.substr(first + 3, last - first - 3),
                                              line.substr(last + 3)};
  }
  return expected;
}

std::string cell_of(const std::string& rule, const std::string& printed, IpFamily family) {
  if (printed == "unreadable") return printed;
  const auto truth = parse_rule_text("-A X " + rule, family);
  const auto got = parse_rule_text("-A X " + printed, family);
  if (!truth || !got) return "not parsed";
  std::string cell;
  for (const auto& difference : rule_text::differences(truth->rule, *got)) {
    std::string words = difference.words;
    const bool missing = words.ends_with(" is missing");
    if (missing) words.resize(words.size() - std::string{" is missing"}.size());
    if (words.starts_with("! ")) words.erase(0, 2);
    cell += (cell.empty() ? "" : "; ") + words + (difference.certain ? "" : " (uncertain)");
  }
  return cell.empty() ? "same" : "lost " + cell;
}

/// The conditions in the order of the text differ; as a set they must not.
std::string sorted(const std::string& cell) {
  if (!cell.starts_with("lost ")) return cell;
  auto parts = split(cell.substr(5), "; ");
  std::ranges::sort(parts);
  std::string text = "lost";
  for (const std::string& part : parts) text += " " + part + ";";
  return text;
}

/// 1.8.7 is the only release here that misreads, and only what a later one wrote.
bool misreads(const std::string& pair) {
  return pair.ends_with(">1.8.7") && !pair.starts_with("1.8.7>");
}

class PrintedRules : public ::testing::TestWithParam<IpFamily> {};

TEST_P(PrintedRules, AreFoundToSayWhatTheyDo) {
  const std::string suffix = GetParam() == IpFamily::ipv4 ? "v4" : "v6";
  const auto expected = expected_of("rules." + suffix);
  std::size_t cells = 0;
  for (const std::string& line : lines_of("printed." + suffix)) {
    const auto parts = split(line, " | ");
    ASSERT_GE(parts.size(), 3U) << line;
    const std::size_t text = parts[0].size() + parts[1].size() + 6;
    const Expected& row = expected.at(parts[0]);
    for (const std::string& pair : split(parts[1], " ")) {
      ++cells;
      EXPECT_EQ(sorted(cell_of(row.rule, line.substr(text), GetParam())),
                sorted(misreads(pair) ? row.cell : "same"))
          << parts[0] << ' ' << pair << '\n'
          << row.rule << '\n'
          << line.substr(text);
    }
  }
  EXPECT_EQ(cells, 16 * expected.size());
}

INSTANTIATE_TEST_SUITE_P(EachFamily, PrintedRules,
                         ::testing::Values(IpFamily::ipv4, IpFamily::ipv6), [](const auto& family) {
                           return std::string{family.param == IpFamily::ipv4 ? "ipv4" : "ipv6"};
                         });

}  // namespace
}  // namespace iptmode
