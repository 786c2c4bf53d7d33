// SPDX-License-Identifier: GPL-2.0-or-later
#include "cross_reading/cross_reader.h"

#include <cerrno>
#include <utility>

#include "cross_reading/legacy_job.h"
#include "cross_reading/reader_job.h"

namespace iptmode::cross_reading {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLongestWait{20};  // deadlines are looked at so often

/// In the words of who looks for the reason.
std::string why_no_namespace(const Error& error) {
  switch (error.code.value()) {
    case ENOSPC: return "user namespaces are switched off (user.max_user_namespaces)";
    case EPERM:
    case EACCES: return "user namespaces are not permitted here: " + to_string(error);
    case EINVAL: return "this kernel has no user namespaces";
    default: return to_string(error);
  }
}

}  // namespace

struct CrossReader::State {
  std::vector<std::unique_ptr<ReaderJob>> jobs = {};
  std::vector<std::unique_ptr<LegacyJob>> legacy_jobs = {};
  Clock::time_point deadline = {};

  void for_each_job(const auto& visit) const {
    for (const auto& job : jobs) visit(*job);
    for (const auto& job : legacy_jobs) visit(*job);
  }

  bool advance() {
    if (Clock::now() > deadline) for_each_job([](auto& job) { job.give_up(); });
    bool over = true;
    for_each_job([&](auto& job) { over = job.advance() && over; });
    return over;
  }

  void wait() const {
    std::vector<pollfd> waits;
    for_each_job([&](const auto& job) { job.add_waits(waits); });
    (void)::poll(waits.data(), waits.size(), static_cast<int>(kLongestWait.count()));
  }
};

CrossReader::CrossReader(std::unique_ptr<State> state) : state_{std::move(state)} {}
CrossReader::CrossReader(CrossReader&&) noexcept = default;
CrossReader& CrossReader::operator=(CrossReader&&) noexcept = default;
CrossReader::~CrossReader() = default;

CrossReader CrossReader::start(const std::vector<NftTable>& tables,
                               std::vector<Candidate> candidates, const Options& options) {
  auto state = std::make_unique<State>();
  state->deadline = Clock::now() + options.timeout;
  for (Candidate& candidate : candidates) {
    if (!candidate.legacy)
      state->jobs.push_back(std::make_unique<ReaderJob>(
          tables, std::move(candidate),
          ReaderJob::Options{.every_bug = options.every_bug, .run_timeout = options.run_timeout}));
    else if (!options.legacy_ipv6_table.empty())
      state->legacy_jobs.push_back(std::make_unique<LegacyJob>(
          std::move(candidate), options.legacy_ipv6_table, options.run_timeout));
  }
  (void)state->advance();
  return CrossReader{std::move(state)};
}

bool CrossReader::poll() {
  return state_->advance();
}

CrossReading CrossReader::finish() {
  while (!state_->advance()) state_->wait();
  CrossReading reading;
  for (const auto& job : state_->jobs) {
    if (job->failure() && !reading.skipped) reading.skipped = why_no_namespace(*job->failure());
    if (reading.set_aside.empty()) reading.set_aside = job->take_set_aside();
    reading.readers.push_back(job->take_readings());
  }
  for (const auto& job : state_->legacy_jobs) reading.legacy.push_back(job->take_result());
  if (reading.skipped) return {.skipped = std::move(reading.skipped)};
  return reading;
}

}  // namespace iptmode::cross_reading
