// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "iptmode/drift_report.h"
#include "iptmode/escape.h"

namespace iptmode {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxChanges = 200;  // of one entry; a node that changed more is another node

std::string text_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? escape(found->get<std::string>()) : "";
}

std::optional<HistoryEntry> entry_of(std::string_view line) {
  constexpr int kDeepest = 2;
  const auto shallow = [](int depth, Json::parse_event_t, Json&) { return depth <= kDeepest; };
  const Json object = Json::parse(line, shallow, false);
  if (object.is_discarded() || !object.is_object()) return std::nullopt;
  HistoryEntry entry{.at = text_at(object, "at"),
                     .event = text_at(object, "event"),
                     .fingerprint = text_at(object, "fingerprint")};
  if (entry.at.empty() || entry.event.empty()) return std::nullopt;
  const auto changes = object.find("changes");
  if (changes == object.end() || !changes->is_array()) return entry;
  for (const Json& change : *changes)
    if (change.is_string()) entry.changes.push_back(change.get<std::string>());
  return entry;
}

Json object_of(const HistoryEntry& entry) {
  return {{"at", entry.at},
          {"event", entry.event},
          {"fingerprint", entry.fingerprint},
          {"changes", entry.changes}};
}

struct History {
  std::vector<HistoryEntry> entries = {};
  std::size_t unreadable = 0;
};

History parse(std::string_view text) {
  History history;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    auto entry = entry_of(text.substr(0, end));
    if (entry)
      history.entries.push_back(std::move(*entry));
    else
      ++history.unreadable;
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return history;
}

// Whether the last entry tells of a difference, which a node can return from. A newer program may
// put the facts of an unchanged node in other words.
bool was_away(const History& known) {
  const std::string& event = known.entries.back().event;
  return event == "drifted" || event == "excepted";
}

}  // namespace

std::string history_with(std::string_view history, const HistoryEntry& entry) {
  HistoryEntry bounded = entry;
  if (bounded.changes.size() > kMaxChanges) bounded.changes.resize(kMaxChanges);
  std::string text{history};
  if (!text.empty() && text.back() != '\n') text += '\n';  // cut off by somebody else
  text += object_of(bounded).dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  while (text.size() > kMaxHistoryBytes) text.erase(0, text.find('\n') + 1);
  return text;
}

std::optional<HistoryEntry> next_entry(std::string_view history, const DriftReport& report) {
  if (report.comparison.changes.empty() && report.comparison.blind) return std::nullopt;
  const History known = parse(history);
  const bool drifted = !report.comparison.changes.empty();
  const std::string state = fingerprint(report.now.facts);
  const std::string last = known.entries.empty() ? "" : known.entries.back().fingerprint;
  if (last == state || (last.empty() && !drifted)) return std::nullopt;
  if (!drifted && report.comparison.excepted.empty() && !was_away(known)) return std::nullopt;

  HistoryEntry entry{.at = report.now.accepted_at,
                     .event = drifted                              ? "drifted"
                              : report.comparison.excepted.empty() ? "returned"
                                                                   : "excepted",
                     .fingerprint = state};
  for (const Change& change : report.comparison.changes)
    entry.changes.push_back(fmt::format("{} {}", to_string(change.grade), to_string(change)));
  for (const Change& change : report.comparison.excepted)
    entry.changes.push_back(fmt::format("excepted {}", to_string(change)));
  return entry;
}

std::string render_history_text(std::string_view history) {
  const History known = parse(history);
  std::string text;
  for (const HistoryEntry& entry : known.entries) {
    text += fmt::format("{}  {}\n", entry.at, entry.event);
    for (const std::string& change : entry.changes) text += fmt::format("  {}\n", escape(change));
  }
  if (known.entries.empty()) text = "no change has been recorded\n";
  if (known.unreadable > 0) text += fmt::format("{} damaged lines left out\n", known.unreadable);
  return text;
}

std::string render_history_json(std::string_view history) {
  const History known = parse(history);
  Json entries = Json::array();
  for (const HistoryEntry& entry : known.entries) entries.push_back(object_of(entry));
  const Json document{{"schema", "iptmode.history/1"},
                      {"entries", std::move(entries)},
                      {"unreadable", known.unreadable}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace iptmode
