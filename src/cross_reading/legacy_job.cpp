// SPDX-License-Identifier: GPL-2.0-or-later
#include "cross_reading/legacy_job.h"

#include <cerrno>
#include <utility>

namespace iptmode::cross_reading {

LegacyJob::LegacyJob(Candidate candidate, const std::string& table,
                     std::chrono::milliseconds run_timeout)
    : candidate_{std::move(candidate)}, bug_{legacy_bug_trial(table)} {
  auto trial = Trial::start(
      candidate_, {.runs = bug_.runs, .ipv6_matches = {"tcp"}, .run_timeout = run_timeout});
  if (trial) {
    trial_.emplace(std::move(*trial));
  } else {
    finish({.failure = trial.error()});
  }
}

void LegacyJob::finish(const TrialResult& result) {
  result_ = {.program = candidate_.reader, .bugs = {judge_bug(bug_, result)}};
}

bool LegacyJob::advance() {
  if (!trial_ || !trial_->advance()) return !trial_;
  finish(trial_->take_result());
  trial_.reset();
  return true;
}

void LegacyJob::add_waits(std::vector<pollfd>& waits) const {
  if (trial_) trial_->add_waits(waits);
}

void LegacyJob::give_up() {
  if (!trial_) return;
  trial_.reset();
  finish({.failure = sys_error(ETIMEDOUT, "not asked any more").value()});
}

}  // namespace iptmode::cross_reading
