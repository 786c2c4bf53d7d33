// SPDX-License-Identifier: GPL-2.0-or-later
// What real components wrote, read by every release: the verdict on each rule is the one that
// follows from the words it was written with.
#include <gmock/gmock.h>

#include <map>

#include "cross_reading/cross_reader.h"
#include "fresh_network.h"
#include "iptmode/cross_verdict.h"
#include "rulesets.h"
#include "with_releases.h"

namespace iptmode::cross_reading::test {
namespace {

using kernel::in_fresh_network;
using kernel::NetworkReading;
using Outcome = ReadingVerdict::Outcome;

bool has(const std::string& text, std::string_view words) {
  return (" " + text + " ").find(words) != std::string::npos;
}

/// A range of ports of the tcp or udp match, not of multiport.
bool has_port_range(const std::string& text) {
  for (const std::string_view option : {" --dport ", " --sport "}) {
    const auto at = text.find(option);
    if (at == std::string::npos) continue;
    const auto value = text.substr(at + option.size());
    if (value.substr(0, value.find(' ')).find(':') != std::string::npos) return true;
  }
  return false;
}

/// What 1.8.7 makes of a rule that 1.8.9 or later wrote: see cells/README.md.
Outcome read_by_1_8_7(const std::string& text) {
  if (has(text, " -j NFLOG ") || has_port_range(text)) return Outcome::unreadable;
  const bool loses = has(text, " -m mark --mark ") || has(text, " -m mark ! --mark ") ||
                     has(text, " --dport ") || has(text, " --sport ") || has(text, " --tcp-flags ");
  return loses ? Outcome::misread : Outcome::same;
}

Snapshot cross_read(const NetworkReading& network, const std::vector<Release>& releases) {
  std::vector<Candidate> readers;
  for (const Release& release : releases) readers.push_back(candidate(release));
  Snapshot snapshot;
  snapshot.cross_reading = CrossReader::start(*network.state.nft, std::move(readers), {}).finish();
  snapshot.networks = {network.state};
  snapshot.node.network_namespace = network.state.network_namespace;
  return snapshot;
}

/// Compares every cell; returns how many there were of each outcome.
std::map<Outcome, int> compare(const Snapshot& snapshot, Version writer) {
  std::map<Outcome, int> counts;
  const CrossVerdict verdict = judge_readings(snapshot);
  const auto& readers = snapshot.cross_reading->readers;
  for (const ShapeVerdicts& row : verdict.shapes) {
    EXPECT_TRUE(row.agreed) << row.reference;
    for (std::size_t at = 0; at < readers.size(); ++at) {
      const bool old = readers[at].reader.version == Version{1, 8, 7} && writer != Version{1, 8, 7};
      const Outcome wanted = old ? read_by_1_8_7(row.reference) : Outcome::same;
      const Outcome got =
          row.cells[at].outcome == Outcome::same_meaning ? Outcome::same : row.cells[at].outcome;
      ++counts[got];
      EXPECT_EQ(to_string(got), to_string(wanted))
          << readers[at].reader.label << " of " << row.table->name << " " << row.reference
          << "\nreads: " << row.cells[at].reading;
    }
  }
  return counts;
}

class RecordedRulesets : public WithReleases {};

TEST_F(RecordedRulesets, AreReadAsTheirWordsSay) {
  for (const auto& path : rulesets_in(IPTMODE_RECORDED))
    for (const Release* writer : {&releases_.front(), &releases_.back()}) {
      SCOPED_TRACE(path.filename().string() + " by " + to_string(writer->version));
      in_fresh_network([&] {
        load(*writer, path);
        const Snapshot snapshot = cross_read(kernel::read_own(), releases_);
        ASSERT_FALSE(snapshot.cross_reading->skipped);
        EXPECT_TRUE(snapshot.cross_reading->set_aside.empty());
        const auto counts = compare(snapshot, writer->version);
        EXPECT_GE(counts.at(Outcome::same), 40);
      });
    }
}

}  // namespace
}  // namespace iptmode::cross_reading::test
