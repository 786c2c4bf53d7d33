// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/baseline.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "cli/exceptions.h"
#include "iptmode/escape.h"
#include "iptmode/report.h"

namespace iptmode::cli {

namespace {

using state::StateDirectory;

tl::unexpected<Failure> failure(const Error& error) {
  return tl::unexpected(Failure{.message = to_string(error)});
}

std::string file_of(std::string_view name) {
  return fmt::format("{}/{}", state::state_path(), name);
}

tl::unexpected<Failure> damaged(std::string_view why) {
  return tl::unexpected(
      Failure{.message = fmt::format("{}: {}; `iptmode baseline accept` makes a new one",
                                     file_of(kBaselineFile), why)});
}

// What cannot be read never takes the place of the last one that could.
std::string name_to_keep(const std::string& text) {
  return std::string{baseline_from_json(text) ? kPreviousFile : kDamagedFile};
}

bool is_too_large(const Result<std::optional<std::string>>& text) {
  return !text && text.error().code == std::errc::file_too_large;
}

// The old baseline is copied, not linked: whatever fails on the way, it is still there as well.
Result<> keep_previous(const StateDirectory& directory) {
  const std::string file{kBaselineFile};
  const auto old = directory.read(file, kMaxBaselineBytes);
  if (is_too_large(old)) return directory.rename(file, std::string{kDamagedFile});
  if (!old) return tl::unexpected(old.error());
  return *old ? directory.replace(name_to_keep(**old), **old) : Result<>{};
}

Result<std::string> store(const Baseline& baseline) {
  const auto directory = StateDirectory::create(state::state_path());
  if (!directory) return tl::unexpected(directory.error());
  const auto held = directory->lock();
  if (!held) return tl::unexpected(held.error());
  const auto stored = keep_previous(*directory).and_then([&] {
    return directory->replace(std::string{kBaselineFile}, baseline_to_json(baseline));
  });
  if (!stored) return tl::unexpected(stored.error());
  return record(*directory, HistoryEntry{.at = baseline.accepted_at,
                                         .event = "accepted",
                                         .fingerprint = fingerprint(baseline.facts)});
}

// An operator who accepts a broken node should know that it is one.
std::string faults_in(const Baseline& baseline) {
  const auto faults = std::ranges::count_if(baseline.facts, [](const StableFact& fact) {
    const auto severity = severity_from_string(fact.value);  // of an excepted one: none
    return fact.subject == "finding" && severity && *severity > Severity::info;
  });
  if (faults == 0) return "";
  return fmt::format("{} finding{} of warning or more {} part of it: see `iptmode`\n", faults,
                     faults == 1 ? "" : "s", faults == 1 ? "is" : "are");
}

std::string accepted_text(const Baseline& baseline, const Options& options) {
  if (options.format == Format::json) return baseline_to_json(baseline);
  if (options.quiet) return "";
  return fmt::format("{} is accepted as it is: {} facts in {}\n{}", escape(baseline.hostname),
                     baseline.facts.size(), file_of(kBaselineFile), faults_in(baseline));
}

CommandResult accept(const Options& options, const Surroundings& surroundings) {
  const auto seen = see_node(options, surroundings);
  if (!seen) return tl::unexpected(seen.error());
  if (!seen->gaps.empty())
    return tl::unexpected(
        Failure{.message = fmt::format(
                    "nothing was stored, because not everything could be seen: {}: {}",
                    escape(seen->gaps.front().subject), escape(seen->gaps.front().reason))});
  const auto warning = store(seen->state);
  if (!warning) return failure(warning.error());
  return Outcome{.text = accepted_text(seen->state, options), .warning = *warning};
}

CommandResult show(const Options& options, const Surroundings& /*surroundings*/) {
  const auto baseline = stored_baseline();
  if (!baseline) return tl::unexpected(baseline.error());
  return Outcome{.text = options.format == Format::json ? baseline_to_json(*baseline)
                                                        : render_baseline_text(*baseline)};
}

/// Under which name it is kept; "" when there was none.
Result<std::string> remove_baseline() {
  const auto directory = StateDirectory::open(state::state_path());
  if (!directory) return tl::unexpected(directory.error());
  const auto held = directory->lock();
  if (!held) return tl::unexpected(held.error());
  const std::string file{kBaselineFile};
  const auto text = directory->read(file, kMaxBaselineBytes);
  if (!text && !is_too_large(text)) return tl::unexpected(text.error());
  if (text && !*text) return "";
  std::string kept = text ? name_to_keep(**text) : std::string{kDamagedFile};
  if (const auto renamed = directory->rename(file, kept); !renamed)
    return tl::unexpected(renamed.error());
  return kept;
}

CommandResult clear(const Options& options, const Surroundings& /*surroundings*/) {
  if (options.format == Format::json)
    return tl::unexpected(
        Failure{.message = "baseline clear has no JSON form", .code = Exit::usage});
  const auto cleared = remove_baseline();
  const bool no_directory =
      !cleared && cleared.error().code == std::errc::no_such_file_or_directory;
  if (!cleared && !no_directory) return failure(cleared.error());
  if (options.quiet) return Outcome{};
  if (no_directory || cleared->empty()) return Outcome{.text = "there was no baseline\n"};
  return Outcome{.text = fmt::format("removed; it is kept as {}\n", file_of(*cleared))};
}

struct Action {
  std::string_view name = {};
  CommandResult (*run)(const Options&, const Surroundings&) = nullptr;
};
constexpr std::array kActions{Action{"accept", accept}, Action{"show", show},
                              Action{"clear", clear}};

}  // namespace

tl::expected<SeenNode, Failure> see_node(const Options& options, const Surroundings& surroundings) {
  const auto exceptions = exceptions_of_node(options);
  if (!exceptions) return tl::unexpected(exceptions.error());
  auto snapshot = observe(options, surroundings);
  if (!snapshot) return failure(snapshot.error());
  const Report report = judge(std::move(*snapshot), {}, *exceptions);
  SeenNode seen{.state = {.tool_version = report.snapshot.tool_version,
                          .hostname = report.snapshot.node.hostname,
                          .accepted_at = utc_text(report.snapshot.taken_at),
                          .facts = stable_facts(report.snapshot, report.checks)}};
  std::ranges::copy_if(report.exceptions, std::back_inserter(seen.stale), is_stale);
  std::ranges::copy_if(report.snapshot.gaps, std::back_inserter(seen.gaps),
                       [](const Gap& gap) { return gap.hides.has_value(); });
  return seen;
}

tl::expected<Baseline, Failure> stored_baseline() {
  const Failure none{.message = fmt::format("there is no baseline in {}: look at the audit, then "
                                            "accept the node as it is: iptmode baseline accept",
                                            escape(state::state_path()))};
  const auto directory = StateDirectory::open(state::state_path());
  if (!directory && directory.error().code == std::errc::no_such_file_or_directory)
    return tl::unexpected(none);
  if (!directory) return failure(directory.error());
  const auto text = directory->read(std::string{kBaselineFile}, kMaxBaselineBytes);
  if (is_too_large(text)) return damaged("the baseline is damaged: it is too large");
  if (!text) return failure(text.error());
  if (!*text) return tl::unexpected(none);
  auto baseline = baseline_from_json(**text);
  if (!baseline) return damaged(baseline.error().context);
  return std::move(*baseline);
}

std::string record(const StateDirectory& directory, const std::optional<HistoryEntry>& entry) {
  if (!entry) return "";
  const std::string name{kHistoryFile};
  const auto history = directory.read(name, kMaxHistoryBytes * 2);
  if (!history) return fmt::format("the history is not kept: {}", to_string(history.error()));
  const auto kept = directory.replace(name, history_with(history->value_or(""), *entry));
  return kept ? "" : fmt::format("the history is not kept: {}", to_string(kept.error()));
}

CommandResult baseline(const Options& options, const Surroundings& surroundings) {
  std::vector<std::string_view> names;
  for (const Action& action : kActions) names.push_back(action.name);
  if (options.arguments.empty())
    return tl::unexpected(
        Failure{.message = "baseline: say what: accept, show or clear", .code = Exit::usage});
  const std::string& word = options.arguments.front();
  const auto* const action = std::ranges::find(kActions, word, &Action::name);
  if (action == kActions.end()) return unknown_word("action of baseline", word, names);
  return action->run(options, surroundings);
}

}  // namespace iptmode::cli
