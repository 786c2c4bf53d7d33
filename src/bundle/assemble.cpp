// SPDX-License-Identifier: GPL-2.0-or-later
#include "bundle/assemble.h"

#include <algorithm>
#include <ctime>
#include <utility>

#include <fmt/format.h>

#include "bundle/manifest.h"
#include "iptmode/escape.h"
#include "iptmode/html.h"
#include "iptmode/render.h"
#include "iptmode/snapshot_json.h"

namespace iptmode::bundle {

namespace {

constexpr std::size_t kTextWidth = 100;

std::vector<Item> report_items(const Report& report) {
  std::vector<Item> items{
      {.path = std::string{kSnapshotName},
       .about = "what was seen, for `iptmode diagnose`",
       .content = snapshot_to_json(report.snapshot)},
      {.path = "report.json", .about = "the report for programs", .content = render_json(report)},
      {.path = "report.txt",
       .about = "the report for people",
       .content = render_text(report, {.width = kTextWidth, .verbose = true})},
      {.path = "report.html",
       .about = "the report for a browser, with a picture",
       .content = render_html(report)}};
  if (!report.snapshot.cross_reading) return items;
  items.push_back({.path = "crossread.txt",
                   .about = "how each iptables here reads the rules in the kernel",
                   .content = render_cross_reading(report.snapshot, {.width = kTextWidth})});
  items.push_back({.path = "crossread.json",
                   .about = "the same for programs",
                   .content = render_cross_reading_json(report.snapshot)});
  return items;
}

/// Whoever prints the file must not have a container's words at work on the terminal.
void make_printable(Item& item) {
  std::string printable = escape_text(item.content);
  if (printable == item.content) return;
  item.content = std::move(printable);
  item.about += "; control bytes in it are written as \\xNN";
}

/// Cuts an item that is too long at the end of a line.
void shorten_item(Item& item, std::size_t max_bytes) {
  if (item.content.size() <= max_bytes) return;
  item.cut = fmt::format("{} bytes, the limit is {}", item.content.size(), max_bytes);
  const std::size_t end = item.content.rfind('\n', max_bytes == 0 ? 0 : max_bytes - 1);
  item.content.resize(end == std::string::npos ? max_bytes : end + 1);
}

/// What fits, in the order of worth. The stored snapshot is whole or not there: a part of it cannot
/// be read.
Evidence fitted(std::vector<Item> items, std::vector<Missing> missing, const Limits& limits) {
  Evidence result{.missing = std::move(missing)};
  std::size_t total = 0;
  for (Item& item : items) {
    const bool whole_only = item.path.ends_with(".json") || item.path.ends_with(".html");
    if (!whole_only) shorten_item(item, limits.item_bytes);
    if (item.content.size() > limits.item_bytes ||
        total + item.content.size() > limits.total_bytes) {
      result.missing.push_back(
          {.path = item.path,
           .reason = fmt::format("no room for its {} bytes", item.content.size())});
      continue;
    }
    total += item.content.size();
    result.items.push_back(std::move(item));
  }
  return result;
}

}  // namespace

std::string file_name_part(std::string_view name) {
  constexpr std::size_t kLongest = 64;
  constexpr std::string_view kSafe =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
  std::string part{name.substr(0, kLongest)};
  std::ranges::replace_if(
      part, [&](char c) { return kSafe.find(c) == kSafe.npos; }, '-');
  if (part.empty() || part.front() == '.') part.insert(0, "node");
  return part;
}

std::string compact_time(std::int64_t seconds) {
  const std::time_t time = seconds;
  std::tm parts{};
  if (::gmtime_r(&time, &parts) == nullptr) return "19700101T000000Z";
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", 1900L + parts.tm_year, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

void redact(Evidence& evidence, const Snapshot& snapshot, Redactor& redactor) {
  redactor.learn(snapshot);
  const auto is_journal = [](const Item& item) { return item.path.ends_with("/journal.txt"); };
  for (const Item& item : evidence.items) {
    if (item.path.starts_with("rules/")) redactor.learn_rules(item.content);
    if (is_journal(item)) redactor.learn_journal(item.content);
  }
  for (Item& item : evidence.items) {
    item.content = is_journal(item) ? redactor.journal(item.content) : redactor.text(item.content);
    item.path = redactor.text(item.path);
    item.cut = redactor.text(item.cut);
  }
  for (Missing& missing : evidence.missing) {
    missing.path = redactor.text(missing.path);
    missing.reason = redactor.text(missing.reason);
  }
}

Bundle assemble(const Report& report, Evidence evidence, const Redaction& redaction,
                const Limits& limits) {
  std::vector<Item> items = report_items(report);
  std::ranges::for_each(evidence.items, make_printable);
  std::ranges::move(evidence.items, std::back_inserter(items));
  Evidence fit = fitted(std::move(items), std::move(evidence.missing), limits);
  std::ranges::sort(fit.items, {}, &Item::path);
  std::ranges::sort(fit.missing, {}, &Missing::path);

  const Snapshot& snapshot = report.snapshot;
  Bundle bundle{.name = fmt::format("iptmode-{}-{}", file_name_part(snapshot.node.hostname),
                                    compact_time(snapshot.taken_at)),
                .files = {}};
  Item manifest{.path = "manifest.json", .content = manifest_json(report, fit, redaction, limits)};
  bundle.files = std::move(fit.items);
  bundle.files.insert(std::ranges::upper_bound(bundle.files, manifest.path, {}, &Item::path),
                      std::move(manifest));
  return bundle;
}

}  // namespace iptmode::bundle
