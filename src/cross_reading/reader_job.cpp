// SPDX-License-Identifier: GPL-2.0-or-later
#include "cross_reading/reader_job.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <tuple>
#include <utility>

#include "cross_reading/save_run.h"
#include "cross_reading/save_text.h"

namespace iptmode::cross_reading {
namespace {

constexpr std::size_t kAtOnce = 4;  // trials of one reader
constexpr int kMaxTrials = 120;     // 60 shapes that no reader can read, found by halving
constexpr std::size_t kMaxSuspects = 12;

std::string program(IpFamily family, std::string_view suffix) {
  return std::string{family == IpFamily::ipv4 ? "iptables" : "ip6tables"}.append(suffix);
}

std::vector<std::string_view> tables_with_shapes(const std::vector<NftTable>& tables,
                                                 IpFamily family) {
  std::vector<std::string_view> names;
  for (const NftTable& table : tables)
    if (!table.shapes.empty() && kernel::family_of(table) == family) names.push_back(table.name);
  return names;
}

/// Read together with the others these are the likely reason that a table cannot be read.
bool is_suspect(const RuleShape& shape) {
  return shape.native || shape.expressions.find("range") != std::string::npos ||
         shape.expressions.find("log") != std::string::npos;
}

}  // namespace

ReaderJob::ReaderJob(const std::vector<NftTable>& tables, Candidate candidate,
                     const Options& options)
    : tables_{&tables}, candidate_{std::move(candidate)}, options_{options} {
  for (const IpFamily family : kAllIpFamilies)
    if (!tables_with_shapes(tables, family).empty()) families_.push_back({.family = family});
  plan_whole();
  plan_bugs();
}

FamilyReading& ReaderJob::reading_of(IpFamily family) {
  return *std::ranges::find(families_, family, &FamilyReading::family);
}

void ReaderJob::plan_whole() {
  if (families_.empty()) return;
  TrialPlan plan{.tables = kernel::whole_tables(*tables_)};
  for (const FamilyReading& reading : families_)
    plan.runs.push_back({program(reading.family, "-save")});
  queue_.push_back({.plan = std::move(plan),
                    .done = [this](TrialResult result) { take_whole(std::move(result)); }});
}

void ReaderJob::plan_bugs() {
  for (const BugTrial& bug : bug_trials(candidate_.reader.version, options_.every_bug))
    queue_.push_back({.plan = {.runs = bug.runs}, .done = [this, bug](const TrialResult& result) {
                        bugs_.push_back(judge_bug(bug, result));
                      }});
}

void ReaderJob::take_whole(TrialResult&& result) {
  set_aside_ = std::move(result.set_aside);
  failure_ = result.failure;
  for (std::size_t i = 0; i < result.runs.size(); ++i) {
    FamilyReading& reading = families_.at(i);
    reading.whole = save_run_of(result.runs[i], tables_with_shapes(*tables_, reading.family));
    replay_what_is_not_whole(reading);
  }
  if (!result.failure) return plan_checks();
  for (FamilyReading& reading : families_)
    if (reading.whole.outcome == SaveRun::Outcome::not_run && reading.whole.detail.empty())
      reading.whole.detail = to_string(*result.failure);
}

void ReaderJob::replay_what_is_not_whole(FamilyReading& reading) {
  using Outcome = SaveRun::Outcome;
  const Outcome outcome = reading.whole.outcome;
  if (outcome != Outcome::incomplete && outcome != Outcome::refused && outcome != Outcome::died)
    return;
  const auto closed = closed_tables(reading.whole.text);
  for (const NftTable& table : *tables_) {
    if (table.shapes.empty() || kernel::family_of(table) != reading.family) continue;
    if (std::ranges::find(closed, table.name) != closed.end()) continue;
    std::vector<std::uint32_t> usual;
    std::vector<std::uint32_t> suspects;
    for (std::uint32_t i = 0; i < table.shapes.size(); ++i)
      if (!is_set_aside(table, i))
        (is_suspect(table.shapes[i]) && suspects.size() < kMaxSuspects ? suspects : usual)
            .push_back(i);
    if (!usual.empty()) replay(table, std::move(usual));
    for (const std::uint32_t suspect : suspects) replay(table, {suspect});
  }
}

bool ReaderJob::is_set_aside(const NftTable& table, std::uint32_t shape) const {
  return std::ranges::any_of(set_aside_, [&](const SetAside& aside) {
    return aside.shape == shape && aside.table == table.name &&
           aside.family == kernel::family_of(table);
  });
}

/// Without base chains: one that is not as iptables makes it can be what blinds a reader.
void ReaderJob::replay(const NftTable& table, std::vector<std::uint32_t> shapes) {
  TrialPlan plan{.tables = {{.table = &table, .shapes = shapes, .base_chains = false}},
                 .runs = {{program(kernel::family_of(table), "-save"), "-t", table.name}}};
  queue_.push_back({.plan = std::move(plan),
                    .done = [this, &table, shapes = std::move(shapes)](const TrialResult& result) {
                      take_replay(table, shapes, result);
                    }});
}

void ReaderJob::take_replay(const NftTable& table, const std::vector<std::uint32_t>& shapes,
                            const TrialResult& result) {
  const SaveRun run =
      result.runs.empty()
          ? SaveRun{.detail = result.failure ? to_string(*result.failure) : "not reached"}
          : save_run_of(result.runs.front(), std::array<std::string_view, 1>{table.name});
  using Outcome = SaveRun::Outcome;
  const bool is_known = run.outcome == Outcome::printed || run.outcome == Outcome::not_run ||
                        run.outcome == Outcome::timed_out || shapes.size() == 1;
  if (is_known) {
    for (const std::uint32_t shape : shapes) record(table, shape, run);
    return;
  }
  const auto middle = shapes.begin() + static_cast<std::ptrdiff_t>(shapes.size() / 2);
  replay(table, {shapes.begin(), middle});
  replay(table, {middle, shapes.end()});
}

void ReaderJob::record(const NftTable& table, std::uint32_t shape, SaveRun run) {
  run.text = only_shape(run.text, table.name, shape);
  reading_of(kernel::family_of(table))
      .alone.push_back({.table = table.name, .shape = shape, .run = std::move(run)});
}

/// Whether the reader finds the rules that it has just printed.
void ReaderJob::plan_checks() {
  if (!looks_for_missed_checks(candidate_.reader.version, options_.every_bug)) return;
  CheckTrial checks = check_trial(*tables_, families_);
  if (checks.plan.runs.empty()) return;
  queue_.push_back({.plan = checks.plan, .done = [this, checks](const TrialResult& result) {
                      bugs_.push_back(judge_checks(checks, result));
                    }});
}

void ReaderJob::start_next() {
  while (!queue_.empty() && running_.size() < kAtOnce && trials_ < kMaxTrials) {
    ++trials_;
    Work work = std::move(queue_.front());
    queue_.pop_front();
    work.plan.run_timeout = options_.run_timeout;
    auto trial = Trial::start(candidate_, std::move(work.plan));
    if (trial) {
      running_.push_back({.trial = std::move(*trial), .done = std::move(work.done)});
    } else {
      work.done({.failure = trial.error()});
    }
  }
  if (trials_ == kMaxTrials) give_up();
}

void ReaderJob::give_up() {
  trials_ = kMaxTrials;
  for (const Work& work : std::exchange(queue_, {}))
    work.done({.failure = sys_error(ETIMEDOUT, "not asked any more").value()});
}

bool ReaderJob::advance() {
  start_next();
  for (auto next = running_.begin(); next != running_.end();) {
    const auto running = next++;
    if (!running->trial.advance()) continue;
    std::list<Running> over;
    over.splice(over.begin(), running_, running);
    over.front().done(over.front().trial.take_result());
    start_next();  // at the end of the list, where this loop comes to it
  }
  return running_.empty() && queue_.empty();
}

void ReaderJob::add_waits(std::vector<pollfd>& waits) const {
  for (const Running& running : running_) running.trial.add_waits(waits);
}

ReaderReadings ReaderJob::take_readings() {
  const auto place = [](const FamilyReading::Alone& alone) {
    return std::tuple(std::string_view{alone.table}, alone.shape);
  };
  for (FamilyReading& reading : families_) std::ranges::sort(reading.alone, {}, place);
  std::ranges::sort(bugs_, {}, &BugProbe::bug);
  return {.reader = std::move(candidate_.reader),
          .families = std::move(families_),
          .bugs = std::move(bugs_)};
}

}  // namespace iptmode::cross_reading
