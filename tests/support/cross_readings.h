// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

#include "iptmode/rule_text.h"
#include "snapshot_builder.h"

namespace iptmode::testing {

/// The rules of `ip filter` in a snapshot, and what the iptables of components and host make of
/// them. Each reader's files get an identity of their own.
class CrossReadings {
 public:
  explicit CrossReadings(Snapshot snapshot) : snapshot_{std::move(snapshot)} {
    snapshot_.cross_reading = CrossReading{};
  }

  CrossReadings& rule(const std::string& words, const std::string& chain = "KUBE-FIREWALL") {
    RuleShape shape{.chain = chain, .owners = Owner::kubelet, .rules = 3};
    shape.rule = parse_rule_text("-A X " + words, IpFamily::ipv4).value().rule;
    filter().shapes.push_back(shape);
    return *this;
  }

  /// The rule before is one of nft, with something that iptables has no word for.
  CrossReadings& native(const std::string& expression) {
    RuleShape& shape = filter().shapes.back();
    shape.native = true;
    shape.rule.conditions.push_back(
        {.field = Field::extension, .name = expression, .decoded = false});
    return *this;
  }

  /// `places` use one file, of `version`; it prints `rules`, one for each shape.
  CrossReadings& reader(std::vector<Installation*> places, const std::string& version,
                        const std::vector<std::string>& rules) {
    std::string text = "*filter\n";
    for (std::size_t at = 0; at < rules.size(); ++at)
      text += "-A " + shape_chain_name(static_cast<std::uint32_t>(at)) + " " + rules[at] + "\n";
    return add(places, version, {.outcome = SaveRun::Outcome::printed, .text = text + "COMMIT\n"});
  }

  /// It refuses the table for each of its rules.
  CrossReadings& blind(std::vector<Installation*> places, const std::string& version) {
    const SaveRun refused{.outcome = SaveRun::Outcome::incomplete, .detail = "is incompatible"};
    add(places, version, refused);
    FamilyReading& reading = last().families.front();
    for (std::uint32_t number = 0; number < filter().shapes.size(); ++number)
      reading.alone.push_back({.table = "filter", .shape = number, .run = refused});
    return *this;
  }

  CrossReadings& bug(const std::string& name, BugProbe::Outcome outcome) {
    last().bugs.push_back({.bug = name, .outcome = outcome, .detail = "tried"});
    return *this;
  }

  Installation* of(ComponentKind kind) {
    for (Component& component : snapshot_.components)
      if (component.kind == kind) return &component.installation.value();
    return nullptr;
  }
  Installation* host() { return &snapshot_.host.value(); }
  Installation* k0s_bin() { return &snapshot_.k0s.value().installation; }
  Snapshot& snapshot() { return snapshot_; }

 private:
  NftTable& filter() {
    for (NftTable& table : snapshot_.networks.front().nft.value())
      if (table.family == "ip" && table.name == "filter") return table;
    return snapshot_.networks.front().nft->emplace_back(
        NftTable{.family = "ip", .name = "filter", .compat = true});
  }

  ReaderReadings& last() { return snapshot_.cross_reading->readers.back(); }

  CrossReadings& add(const std::vector<Installation*>& places, const std::string& version,
                     const SaveRun& run) {
    const std::uint64_t inode = 7000 + snapshot_.cross_reading->readers.size();
    for (Installation* place : places)
      for (auto* list : {&place->programs, &place->multis})
        for (Program& program : *list) program.inode = inode;
    snapshot_.cross_reading->readers.push_back(
        {.reader = {.label = "reader",
                    .path = "/usr/sbin/xtables-nft-multi",
                    .version = version_from_string(version),
                    .device = 1,
                    .inode = inode},
         .families = {{.family = IpFamily::ipv4, .whole = run}}});
    return *this;
  }

  Snapshot snapshot_;
};

}  // namespace iptmode::testing
