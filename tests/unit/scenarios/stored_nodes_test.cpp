// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <zlib.h>
#include <nlohmann/json.hpp>

#include "iptmode/redact.h"
#include "iptmode/report.h"
#include "iptmode/snapshot_json.h"

// A snapshot of each simulated node, stored by tests/node/store_snapshots from real kernel tables
// and real binaries, diagnosed here without root. IPTMODE_UPDATE_GOLDEN=1 stores the findings anew.
namespace iptmode {
namespace {

namespace fs = std::filesystem;

const fs::path& tests() {
  static const fs::path path = fs::path{IPTMODE_TEST_DATA}.parent_path();
  return path;
}

std::string content(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
}

std::string unpacked(const fs::path& path) {
  std::string text;
  std::array<char, 65536> block{};
  const gzFile file = ::gzopen(path.c_str(), "rb");
  if (file == nullptr) return text;
  for (int size = 0; (size = ::gzread(file, block.data(), block.size())) > 0;)
    text.append(block.data(), static_cast<std::size_t>(size));
  ::gzclose(file);
  return text;
}

std::set<std::string> names_in(const fs::path& directory, const std::string& suffix) {
  std::set<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator{directory}) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(suffix)) names.insert(name.substr(0, name.size() - suffix.size()));
  }
  return names;
}

std::set<std::string> nodes() {
  return names_in(tests() / "golden/snapshots", ".json.gz");
}

Snapshot stored(const std::string& name) {
  auto snapshot = snapshot_from_json(unpacked(tests() / "golden/snapshots" / (name + ".json.gz")));
  EXPECT_TRUE(snapshot.has_value()) << name << ": " << to_string(snapshot.error())
                                    << ": tests/node/store_snapshots writes it anew";
  return snapshot.value_or(Snapshot{});
}

std::string findings_of(const Report& report) {
  std::string text = fmt::format("{}: {}\n", to_string(report.verdict), report.message);
  for (const CheckResult& check : report.checks)
    for (const Finding& finding : check.findings)
      text += fmt::format("\n{} {}, {}\n  {}\n", to_string(finding.severity), check.id,
                          finding.subject, finding.message);
  return text;
}

bool has(const Report& report, const nlohmann::json& wanted) {
  const auto fits = [&](const Finding& finding) {
    const std::string severity{to_string(finding.severity)};
    return wanted.value("severity", severity) == severity &&
           finding.subject.find(wanted.value("subject", "")) != std::string::npos;
  };
  return std::ranges::any_of(report.checks, [&](const CheckResult& check) {
    return check.id == wanted.at("check").get<std::string>() &&
           std::ranges::any_of(check.findings, fits);
  });
}

TEST(StoredNodes, AreThoseOfTheScenarios) {
  EXPECT_EQ(nodes(), names_in(tests() / "node/scenarios", ".json"));
}

TEST(StoredNodes, AreFoundToBeAsTheirScenarioSays) {
  for (const std::string& name : nodes()) {
    SCOPED_TRACE(name);
    const auto scenario =
        nlohmann::json::parse(content(tests() / "node/scenarios" / (name + ".json")));
    const Report report = judge(stored(name));
    EXPECT_EQ(to_string(report.verdict), scenario.at("expect").at("verdict").get<std::string>());
    for (const nlohmann::json& wanted :
         scenario.at("expect").value("findings", nlohmann::json::array()))
      EXPECT_TRUE(has(report, wanted)) << wanted;
  }
}

TEST(StoredNodes, HaveTheFindingsTheyHad) {
  for (const std::string& name : nodes()) {
    SCOPED_TRACE(name);
    const fs::path golden = tests() / "golden/snapshots" / (name + ".findings");
    const std::string found = findings_of(judge(stored(name)));
    if (std::getenv("IPTMODE_UPDATE_GOLDEN") != nullptr)
      std::ofstream{golden, std::ios::binary} << found;
    EXPECT_EQ(found, content(golden)) << "see the end of tests/node/README.md";
  }
}

/// The line that a report is reduced to may hold none, and what is left out of it reads badly.
TEST(StoredNodes, AreToldOfInSentencesWithoutApostrophes) {
  for (const std::string& name : nodes())
    for (const CheckResult& check : judge(stored(name)).checks)
      for (const Finding& finding : check.findings)
        EXPECT_EQ(finding.message.find('\''), std::string::npos) << name << ": " << finding.message;
}

/// What is asked, what is found, and how bad it is: nothing of it depends on addresses or names.
std::string outline_of(const Report& report) {
  std::string text = fmt::format("{}\n", to_string(report.verdict));
  for (const CheckResult& check : report.checks) {
    text += fmt::format("{} {}\n", check.id, to_string(check.status));
    for (const Finding& finding : check.findings)
      text += fmt::format("  {}\n", to_string(finding.severity));
  }
  return text;
}

TEST(StoredNodes, AreFoundToBeTheSameWithoutAddressesAndNames) {
  for (const std::string& name : nodes()) {
    SCOPED_TRACE(name);
    const Snapshot snapshot = stored(name);
    Redactor redactor{{.addresses = true, .names = true}, "key"};
    redactor.learn(snapshot);
    EXPECT_EQ(outline_of(judge(redactor.snapshot(snapshot))), outline_of(judge(snapshot)));
  }
}

TEST(StoredNodes, ReadBackAsTheyWere) {
  for (const std::string& name : nodes()) {
    const Snapshot snapshot = stored(name);
    const auto again = snapshot_from_json(snapshot_to_json(snapshot));
    ASSERT_TRUE(again.has_value()) << name;
    EXPECT_TRUE(*again == snapshot) << name;
  }
}

}  // namespace
}  // namespace iptmode
