// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <deque>
#include <functional>
#include <list>
#include <optional>
#include <vector>

#include "cross_reading/bug_probes.h"
#include "cross_reading/trial.h"
#include "iptmode/kernel_state.h"

namespace iptmode::cross_reading {

/// Asks one reader about every shape. First about all at once; then, of each table that it could
/// not read whole, about fewer and fewer shapes until each is known to be read or not.
class ReaderJob {
 public:
  struct Options {
    bool every_bug =
        false;  ///< look for all bugs of one version, not only those of the reader's own
    std::chrono::milliseconds run_timeout{2000};
  };
  /// `tables` is borrowed.
  ReaderJob(const std::vector<NftTable>& tables, Candidate candidate, const Options& options);
  ReaderJob(const ReaderJob&) = delete;  // what is running points back here
  ReaderJob& operator=(const ReaderJob&) = delete;
  ReaderJob(ReaderJob&&) = delete;
  ReaderJob& operator=(ReaderJob&&) = delete;
  ~ReaderJob() = default;

  /// Does what needs no waiting. True once it is over.
  bool advance();
  void add_waits(std::vector<pollfd>& waits) const;
  /// Starts nothing new: what is not known then, says so.
  void give_up();

  [[nodiscard]] ReaderReadings take_readings();
  [[nodiscard]] std::vector<SetAside> take_set_aside() { return std::move(set_aside_); }
  /// Why there was no namespace to ask in.
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

 private:
  using Done = std::function<void(TrialResult)>;
  struct Work {
    TrialPlan plan = {};
    Done done = {};
  };
  struct Running {
    Trial trial;
    Done done;
  };

  void plan_whole();
  void plan_bugs();
  void plan_checks();
  void take_whole(TrialResult&& result);
  void replay_what_is_not_whole(FamilyReading& reading);
  void replay(const NftTable& table, std::vector<std::uint32_t> shapes);
  void take_replay(const NftTable& table, const std::vector<std::uint32_t>& shapes,
                   const TrialResult& result);
  void record(const NftTable& table, std::uint32_t shape, SaveRun run);
  [[nodiscard]] bool is_set_aside(const NftTable& table, std::uint32_t shape) const;
  [[nodiscard]] FamilyReading& reading_of(IpFamily family);
  void start_next();

  const std::vector<NftTable>* tables_;
  Candidate candidate_;
  Options options_;
  std::deque<Work> queue_ = {};
  std::list<Running> running_ = {};
  int trials_ = 0;
  std::vector<FamilyReading> families_ = {};
  std::vector<BugProbe> bugs_ = {};
  std::vector<SetAside> set_aside_ = {};
  std::optional<Error> failure_ = {};
};

}  // namespace iptmode::cross_reading
