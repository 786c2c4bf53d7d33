// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <poll.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "iptmode/cross_reading.h"
#include "iptmode/result.h"
#include "kernel/scratch_tables.h"
#include "probe/place_probe.h"
#include "probe/sandbox.h"
#include "probe/scratch_namespace.h"

namespace iptmode::cross_reading {

/// One iptables that is to be asked, and where it lies.
struct Candidate {
  IptablesReader reader = {};
  bool legacy = false;      ///< it is an iptables-legacy
  probe::Place place = {};  ///< owned
  std::uint32_t mode = 0;   ///< permission bits of its file
  bool of_root = false;     ///< it is run only if root alone may write it
};

/// What is tried in one scratch namespace.
struct TrialPlan {
  std::vector<kernel::ScratchTable> tables = {};
  /// Arguments of each run: "iptables-save", "-t", "filter". One after the other.
  std::vector<std::vector<std::string>> runs = {};
  std::vector<std::string> ipv6_matches = {};   ///< "tcp": without them in the kernel, no run
  std::chrono::milliseconds run_timeout{2000};  ///< of each run, and of filling the namespace
};

struct TrialResult {
  std::optional<Error> failure = {};  ///< there was no namespace, or it could not be filled
  std::vector<SetAside> set_aside = {};
  std::vector<probe::SandboxOutcome> runs = {};
};

inline constexpr std::size_t kMaxSaveOutput = std::size_t{1} << 20U;

/// A scratch namespace that is filled, and then one reader at work in it. Nobody else ever enters
/// it: what one reader does there, no other sees.
class Trial {
 public:
  /// `candidate` and what the plan points to are borrowed.
  [[nodiscard]] static Result<Trial> start(const Candidate& candidate, TrialPlan plan);

  /// Does what needs no waiting. True once it is over.
  bool advance();
  void add_waits(std::vector<pollfd>& waits) const;
  [[nodiscard]] TrialResult take_result() { return std::move(result_); }

 private:
  Trial(const Candidate& candidate, TrialPlan plan, probe::ScratchNamespace scratch);
  void take_answer();
  void start_run(const probe::Account& account);
  void take_run();
  [[nodiscard]] probe::SandboxPlan plan_of_run(const probe::Account& account) const;

  const Candidate* candidate_;
  TrialPlan plan_;
  probe::ScratchNamespace scratch_;
  bool filled_ = false;
  std::optional<probe::Account> owner_ = {};
  probe::Account account_ = probe::kNobody;
  std::optional<probe::SandboxChild> child_ = {};
  TrialResult result_ = {};
};

}  // namespace iptmode::cross_reading
