// SPDX-License-Identifier: GPL-2.0-or-later
#include "cross_reading/bug_probes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/wait.h>

#include <algorithm>
#include <utility>

#include "cross_reading/save_run.h"
#include "cross_reading/save_text.h"

namespace iptmode::cross_reading {
namespace {

using Outcome = BugProbe::Outcome;

constexpr std::size_t kMaxChecks = 4;
constexpr const char* kPrefix = "192.168.20.80/29";

/// The exit status; nothing when it did not exit by itself.
std::optional<int> exit_status(const probe::SandboxOutcome& outcome) {
  if (outcome.failure || outcome.timed_out || !outcome.wait_status ||
      !WIFEXITED(*outcome.wait_status))
    return std::nullopt;
  return WEXITSTATUS(*outcome.wait_status);
}

std::vector<std::string> words(std::string_view line) {
  std::vector<std::string> list;
  while (!line.empty()) {
    const auto end = std::min(line.find(' '), line.size());
    list.emplace_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return list;
}

/// 1.8.11 compares no interface names in -C and -D (mended in iptables commit 40406dbf).
BugTrial interface_ignored() {
  return {.bug = "interface_ignored",
          .runs = {words("iptables -A INPUT -i lo -j ACCEPT"),
                   words("iptables -C INPUT -i eth0 -j ACCEPT")}};
}

/// 1.8.8 misreads a prefix that shares a rule with a mark (mended in iptables commit f315af1c).
BugTrial prefix_misread() {
  const std::string rule =
      std::string{"-s "} + kPrefix + " -m mark ! --mark 0x4000/0x4000 -j ACCEPT";
  return {.bug = "prefix_misread",
          .runs = {words("iptables -A INPUT " + rule), words("iptables -S INPUT")}};
}

Outcome judge_last(const BugTrial& trial, const probe::SandboxOutcome& last) {
  const auto status = exit_status(last);
  if (trial.bug != "prefix_misread") {  // -C of a rule that is not there
    if (status == 0) return Outcome::present;
    return status == 1 ? Outcome::absent : Outcome::undecided;
  }
  if (status != 0 || last.output.find("-A ") == std::string::npos) return Outcome::undecided;
  return last.output.find(std::string{"-s "} + kPrefix) != std::string::npos ? Outcome::absent
                                                                             : Outcome::present;
}

std::string said(const probe::SandboxOutcome& outcome) {
  const std::string end = describe_end(outcome);
  return end.empty() ? "exit status 0" : end;
}

bool is_readable(const FamilyReading& reading) {
  return reading.whole.outcome == SaveRun::Outcome::printed;
}

/// A rule in the words in which the reader printed it.
struct Printed {
  IpFamily family = IpFamily::ipv4;
  std::string table = {};
  std::uint32_t shape = 0;
  std::vector<std::string> words = {};
};

void add_printed(const NftTable& table, const std::vector<FamilyReading>& readings,
                 std::vector<Printed>& printed) {
  const auto reading =
      std::ranges::find(readings, kernel::family_of(table), &FamilyReading::family);
  if (reading == readings.end() || !is_readable(*reading)) return;
  for (std::uint32_t shape = 0; shape < table.shapes.size(); ++shape) {
    if (table.shapes[shape].native) continue;
    auto rule = words_of_shape(reading->whole.text, table.name, shape);
    if (rule.empty()) continue;
    printed.push_back(
        {.family = reading->family, .table = table.name, .shape = shape, .words = std::move(rule)});
  }
}

}  // namespace

std::vector<BugTrial> bug_trials(const std::optional<Version>& version, bool every) {
  std::vector<BugTrial> trials;
  if (every || version == Version{1, 8, 11}) trials.push_back(interface_ignored());
  // Before 1.8.8 a mark is a match of its own, whose module might have to be loaded.
  if (version == Version{1, 8, 8} || (every && version && *version > Version{1, 8, 8}))
    trials.push_back(prefix_misread());
  return trials;
}

/// 1.8.9 compares nothing behind the first bytes of an IPv6 rule (mended in iptables commit
/// 78850e7d).
BugTrial legacy_bug_trial(const std::string& table) {
  const std::string program = "ip6tables -t " + table;
  return {.bug = "ipv6_legacy_check",
          .runs = {words(program + " -A OUTPUT -p tcp --dport 80 -j ACCEPT"),
                   words(program + " -C OUTPUT -p tcp --dport 81 -j ACCEPT")}};
}

BugProbe judge_bug(const BugTrial& trial, const TrialResult& result) {
  BugProbe probe{.bug = trial.bug};
  if (result.runs.size() != trial.runs.size()) {
    probe.detail = result.failure ? to_string(*result.failure) : "not reached";
    return probe;
  }
  for (std::size_t i = 0; i + 1 < trial.runs.size(); ++i)
    if (exit_status(result.runs[i]) != 0) {
      probe.detail = fmt::format("{}: {}", fmt::join(trial.runs[i], " "), said(result.runs[i]));
      return probe;
    }
  probe.outcome = judge_last(trial, result.runs.back());
  probe.detail = fmt::format("{}, then {}: {}", fmt::join(trial.runs[trial.runs.size() - 2], " "),
                             fmt::join(trial.runs.back(), " "), said(result.runs.back()));
  return probe;
}

// Reported of 1.8.2 and earlier, of 1.8.7, and of 1.8.10 on musl: a rule that is there is not
// found, and is then added again and again.
bool looks_for_missed_checks(const std::optional<Version>& version, bool every) {
  if (every || !version) return true;
  return *version <= Version{1, 8, 2} || version == Version{1, 8, 7} ||
         version == Version{1, 8, 10};
}

CheckTrial check_trial(const std::vector<NftTable>& tables,
                       const std::vector<FamilyReading>& readings) {
  std::vector<Printed> printed;
  for (const NftTable& table : tables) add_printed(table, readings, printed);
  CheckTrial trial{.plan = {.tables = kernel::whole_tables(tables)}};
  const std::size_t count = std::min(printed.size(), kMaxChecks);
  for (std::size_t i = 0; i < count; ++i) {
    const Printed& rule = printed[i * printed.size() / count];
    std::vector<std::string> run{rule.family == IpFamily::ipv4 ? "iptables" : "ip6tables", "-t",
                                 rule.table, "-C", shape_chain_name(rule.shape)};
    run.insert(run.end(), rule.words.begin(), rule.words.end());
    trial.rules.push_back(fmt::format("{}", fmt::join(rule.words, " ")));
    trial.plan.runs.push_back(std::move(run));
  }
  return trial;
}

BugProbe judge_checks(const CheckTrial& trial, const TrialResult& result) {
  BugProbe probe{.bug = "check_misses"};
  std::size_t found = 0;
  for (std::size_t i = 0; i < result.runs.size() && i < trial.rules.size(); ++i) {
    const auto status = exit_status(result.runs[i]);
    if (status == 0) ++found;
    if (status != 1) continue;
    probe.outcome = Outcome::present;
    probe.detail = fmt::format("-C of its own \"{}\": {}", trial.rules[i], said(result.runs[i]));
    return probe;
  }
  if (found > 0) probe.outcome = Outcome::absent;
  probe.detail = result.failure ? to_string(*result.failure)
                                : fmt::format("-C found {} of {} rules", found, trial.rules.size());
  return probe;
}

}  // namespace iptmode::cross_reading
