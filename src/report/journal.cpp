// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/journal.h"

#include <sha2.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "iptmode/escape.h"
#include "report/ranking.h"

namespace iptmode {

namespace {

// Priorities of syslog(3).
std::string_view priority_of(Severity severity) {
  switch (severity) {
    case Severity::critical: return "2";
    case Severity::error: return "3";
    case Severity::warning: return "4";
    case Severity::info: return "6";
  }
  return "6";
}

std::string_view priority_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::fail: return "3";
    case Verdict::warn:
    case Verdict::unknown: return "4";
    case Verdict::pass: return "6";
  }
  return "6";
}

std::string_view priority_of(Grade grade) {
  return grade == Grade::regression ? "4" : "5";
}

JournalEntry an_entry(std::string_view event, std::string_view priority, std::string message) {
  return {.fields = {{"MESSAGE", std::move(message)},
                     {"MESSAGE_ID", message_id(event)},
                     {"PRIORITY", std::string{priority}},
                     {"SYSLOG_IDENTIFIER", "iptmode"}}};
}

void add(JournalEntry& entry, std::string_view field, std::string_view value) {
  entry.fields.emplace_back(field, value);
}

JournalEntry entry_of(const report::Ranked& ranked, const Report& report) {
  const Finding& finding = *ranked.finding;
  const std::string_view priority =
      finding.suppressed ? priority_of(Severity::info) : priority_of(finding.severity);
  JournalEntry entry = an_entry(fmt::format("finding:{}", ranked.check->id), priority,
                                fmt::format("{}: {}", finding.subject, finding.message));
  add(entry, "IPTMODE_CHECK", ranked.check->id);
  add(entry, "IPTMODE_STATUS", to_string(ranked.check->status));
  add(entry, "IPTMODE_SEVERITY", to_string(finding.severity));
  add(entry, "IPTMODE_SUBJECT", finding.subject);
  add(entry, "IPTMODE_SUPPRESSED", finding.suppressed ? "yes" : "no");
  add(entry, "IPTMODE_EVIDENCE", fmt::format("{}", fmt::join(finding.evidence, "\n")));
  add(entry, "IPTMODE_REMEDY", fmt::format("{}", fmt::join(finding.remedy, "\n")));
  add(entry, "IPTMODE_FINGERPRINT", report.fingerprint);
  return entry;
}

// The check of a finding that came or went; empty for every other change.
std::string_view check_of(const Change& change) {
  if (change.subject != "finding") return "";
  return std::string_view{change.aspect}.substr(0, change.aspect.find(' '));
}

JournalEntry entry_of(const Change& change, const DriftReport& report) {
  const std::string_view check = check_of(change);
  JournalEntry entry = an_entry(check.empty() ? "change" : fmt::format("finding:{}", check),
                                priority_of(change.grade),
                                fmt::format("{}: {}", to_string(change.grade), to_string(change)));
  if (!check.empty()) add(entry, "IPTMODE_CHECK", check);
  add(entry, "IPTMODE_STATUS", drift_verdict(report.comparison));
  add(entry, "IPTMODE_GRADE", to_string(change.grade));
  add(entry, "IPTMODE_SUBJECT", change.subject);
  add(entry, "IPTMODE_ASPECT", change.aspect);
  add(entry, "IPTMODE_FINGERPRINT", fingerprint(report.now.facts));
  return entry;
}

// A value with a line feed has its length in front, as 64 bits, the lowest first.
std::string field_of(std::string_view name, const std::string& value) {
  if (value.find('\n') == std::string::npos) return fmt::format("{}={}\n", name, value);
  std::string text = fmt::format("{}\n", name);
  for (unsigned shift = 0; shift < 64; shift += 8)
    text += static_cast<char>(std::uint64_t{value.size()} >> shift & 0xffU);
  return text.append(value).append("\n");
}

// Line by line: the line feeds between them are ours.
std::string escaped_lines(std::string_view value) {
  std::string text;
  for (std::size_t begin = 0; begin <= value.size();) {
    const std::size_t end = std::min(value.find('\n', begin), value.size());
    if (begin > 0) text += '\n';
    text += escape(value.substr(begin, end - begin));
    begin = end + 1;
  }
  return text;
}

}  // namespace

std::vector<JournalEntry> journal_entries(const Report& report) {
  JournalEntry verdict = an_entry("verdict", priority_of(report.verdict),
                                  fmt::format("{}: {}", to_string(report.verdict), report.message));
  add(verdict, "IPTMODE_STATUS", to_string(report.verdict));
  add(verdict, "IPTMODE_FINGERPRINT", report.fingerprint);
  std::vector<JournalEntry> entries{std::move(verdict)};
  for (const report::Ranked& ranked : report::ranked_findings(report.checks))
    entries.push_back(entry_of(ranked, report));
  return entries;
}

std::vector<JournalEntry> journal_entries(const DriftReport& report) {
  std::vector<JournalEntry> entries;
  for (const Change& change : report.comparison.changes)
    entries.push_back(entry_of(change, report));
  if (entries.empty() && report.comparison.blind) {
    JournalEntry undecided = an_entry("verdict", "4", drift_message(report));
    add(undecided, "IPTMODE_STATUS", drift_verdict(report.comparison));
    add(undecided, "IPTMODE_FINGERPRINT", fingerprint(report.now.facts));
    entries.push_back(std::move(undecided));
  }
  return entries;
}

std::string message_id(std::string_view event) {
  constexpr std::size_t kDigits = 32;
  const std::string text = fmt::format("iptmode:{}", event);
  std::array<char, SHA256_DIGEST_STRING_LENGTH> digits{};
  ::SHA256Data(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), digits.data());
  return std::string{digits.data(), kDigits};
}

std::string journal_datagram(const JournalEntry& entry) {
  constexpr std::size_t kMaxValue = 8192;
  std::string datagram;
  for (const auto& [name, value] : entry.fields)
    datagram += field_of(name, shorten(escaped_lines(value), kMaxValue));
  return datagram;
}

}  // namespace iptmode
