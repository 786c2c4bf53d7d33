// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

#include "cross_reading/bug_probes.h"
#include "cross_reading/trial.h"

namespace iptmode::cross_reading {

/// Looks for the bug of one version in an iptables-legacy.
class LegacyJob {
 public:
  /// `table` is a legacy table of IPv6 that the node has; `run_timeout` is for each run.
  LegacyJob(Candidate candidate, const std::string& table, std::chrono::milliseconds run_timeout);
  LegacyJob(const LegacyJob&) = delete;  // the trial points back here
  LegacyJob& operator=(const LegacyJob&) = delete;
  LegacyJob(LegacyJob&&) = delete;
  LegacyJob& operator=(LegacyJob&&) = delete;
  ~LegacyJob() = default;

  /// Does what needs no waiting. True once it is over.
  bool advance();
  void add_waits(std::vector<pollfd>& waits) const;
  /// Ends what is running.
  void give_up();

  [[nodiscard]] LegacyTrial take_result() { return std::move(result_); }

 private:
  void finish(const TrialResult& result);

  Candidate candidate_;
  BugTrial bug_;
  std::optional<Trial> trial_ = {};
  LegacyTrial result_ = {};
};

}  // namespace iptmode::cross_reading
