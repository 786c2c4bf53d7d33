// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/drift_report.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "iptmode/escape.h"

namespace iptmode {

namespace {

using Json = nlohmann::ordered_json;

std::string counted(unsigned count, std::string_view noun) {
  if (noun == "recovery")
    return fmt::format("{} {}", count, count == 1 ? "recovery" : "recoveries");
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

// "2 regressions, 1 change"
std::string counts(const Comparison& comparison) {
  std::string text;
  for (const Grade grade : {Grade::regression, Grade::recovery, Grade::change})
    if (const unsigned count = comparison.count(grade); count > 0)
      text += fmt::format("{}{}", text.empty() ? "" : ", ", counted(count, to_string(grade)));
  return text;
}

bool is_other_version(const DriftReport& report) {
  return report.baseline.tool_version != report.now.tool_version;
}

Json change_object(const Change& change) {
  return {{"grade", to_string(change.grade)},
          {"subject", change.subject},
          {"aspect", change.aspect},
          {"before", change.before},
          {"now", change.now},
          {"message", to_string(change)}};
}

Json gaps_array(const std::vector<Gap>& gaps) {
  Json array = Json::array();
  for (const Gap& gap : gaps)
    array.push_back({{"subject", escape(gap.subject)}, {"reason", escape(gap.reason)}});
  return array;
}

Json side_object(const Baseline& side) {
  return {{"at", side.accepted_at},
          {"toolVersion", side.tool_version},
          {"fingerprint", fingerprint(side.facts)}};
}

}  // namespace

std::string utc_text(std::int64_t seconds) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time_t{seconds}));
}

std::string_view drift_verdict(const Comparison& comparison) noexcept {
  if (!comparison.changes.empty()) return "drifted";
  return comparison.blind ? "undecided" : "unchanged";
}

std::string drift_message(const DriftReport& report) {
  const std::string since = fmt::format("since {}", report.baseline.accepted_at);
  const std::string node = escape(report.now.hostname);
  const std::size_t excepted = report.comparison.excepted.size();
  const std::string beside = excepted == 0 ? "" : fmt::format(", {} excepted", excepted);
  if (!report.comparison.changes.empty())
    return fmt::format("{}: {} {}{}", node, counts(report.comparison), since, beside);
  if (report.comparison.blind)
    return fmt::format("{}: no change to be seen {}, but not everything was seen{}", node, since,
                       beside);
  return fmt::format("{}: nothing has changed {}{}", node, since, beside);
}

std::string render_drift_text(const DriftReport& report) {
  std::string word{drift_verdict(report.comparison)};
  for (char& letter : word) letter = static_cast<char>(letter - 'a' + 'A');
  std::string text = fmt::format("{}  {}\n", word, drift_message(report));
  for (const Change& change : report.comparison.changes)
    text += fmt::format("  {:<10}  {}\n", to_string(change.grade), to_string(change));
  for (const Change& change : report.comparison.excepted)
    text += fmt::format("  {:<10}  {}\n", "excepted", to_string(change));
  for (const std::string& unseen : report.comparison.unseen)
    text += fmt::format("  {:<10}  {}\n", "unseen", unseen);
  for (const Gap& gap : report.gaps)
    text += fmt::format("  {:<10}  {}: {}\n", "gap", escape(gap.subject), escape(gap.reason));
  for (const ExceptionUse& use : report.stale)
    text += fmt::format("  {:<10}  exception {}\n", "stale", to_string(use));
  if (report.baseline.masks_numbers)
    text += fmt::format(
        "  {:<10}  the baseline was stored by an older iptmode, and findings about "
        "web-0 and web-1 are one to it: iptmode baseline accept makes a new one\n",
        "note");
  if (is_other_version(report) && !report.comparison.changes.empty())
    text += fmt::format("  {:<10}  the baseline is by iptmode {}, this is {}\n", "note",
                        report.baseline.tool_version, report.now.tool_version);
  return text;
}

std::string render_drift_json(const DriftReport& report) {
  const Comparison& comparison = report.comparison;
  Json changes = Json::array();
  for (const Change& change : comparison.changes) changes.push_back(change_object(change));
  Json excepted = Json::array();
  for (const Change& change : comparison.excepted) excepted.push_back(change_object(change));
  Json stale = Json::array();
  for (const ExceptionUse& use : report.stale) stale.push_back(to_string(use));
  const Json document{{"verdict", drift_verdict(comparison)},
                      {"message", to_plain_ascii(shorten(drift_message(report), 200))},
                      {"schema", "iptmode.drift/1"},
                      {"node", {{"hostname", escape(report.now.hostname)}}},
                      {"baseline", side_object(report.baseline)},
                      {"now", side_object(report.now)},
                      {"summary",
                       {{"regressions", comparison.count(Grade::regression)},
                        {"recoveries", comparison.count(Grade::recovery)},
                        {"changes", comparison.count(Grade::change)},
                        {"excepted", comparison.excepted.size()}}},
                      {"changes", std::move(changes)},
                      {"excepted", std::move(excepted)},
                      {"unseen", comparison.unseen},
                      {"gaps", gaps_array(report.gaps)},
                      {"staleExceptions", std::move(stale)}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string render_baseline_text(const Baseline& baseline) {
  std::string text =
      fmt::format("baseline of {}, accepted {}, {} facts, {}\n", escape(baseline.hostname),
                  baseline.accepted_at, baseline.facts.size(), fingerprint(baseline.facts));
  std::string_view subject;
  for (const StableFact& fact : baseline.facts) {
    if (fact.subject != subject) text += fmt::format("\n{}\n", escape(fact.subject));
    subject = fact.subject;
    text += fmt::format("  {}: {}\n", fact.aspect, fact.value);
  }
  return text;
}

}  // namespace iptmode
