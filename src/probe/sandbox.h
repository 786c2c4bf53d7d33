// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <poll.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "iptmode/result.h"
#include "probe/privileges.h"
#include "probe/sandbox_step.h"
#include "sys/child_process.h"
#include "sys/unique_fd.h"

namespace iptmode::probe {

/// What our own code found in a place.
struct Reading {
  std::string answer = {};   ///< for the parent
  std::string program = {};  ///< a file of that place to exec now, in the same process; or none
};

/// What a program's file must be when it is run.
struct ExpectedFile {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  bool of_root = false;  ///< owned by our root, and nobody else may write it
};

/// Where a sandboxed child works and what it does there: it reads, or execs, or the one after the
/// other.
struct SandboxPlan {
  int mount_ns = -1;  ///< borrowed; -1: a copy of our own mount namespace
  int root = -1;      ///< borrowed O_PATH descriptor: the root directory in there
  int network = -1;   ///< borrowed, see sys::make_empty_network(); -1: the child makes its own
  /// Borrowed: the user namespace that owns `network`, see scratch_namespace.h. A program then may
  /// speak netlink, and holds CAP_NET_ADMIN over that namespace and nothing else. -1: it holds no
  /// capability at all.
  int user_ns = -1;
  bool raw_sockets = false;  ///< in there it may open raw sockets too, and holds CAP_NET_RAW
  /// With raw_sockets: it is an iptables-legacy, which wants a lock. Its file is named to it as the
  /// file to lock, because it needs one that is there, and no lock is ever taken.
  bool legacy = false;
  Account account = kNobody;
  bool without_mount_setattr = false;
  std::function<Reading()> read = {};     ///< our own code; runs when `program` is empty
  std::string program = {};               ///< or: a file of that place to exec at once
  std::optional<ExpectedFile> file = {};  ///< what `program` must be
  bool errors_apart = false;  ///< a program's standard error goes into SandboxOutcome::errors
  /// Of whatever is executed, argv[0] included. Without any, nothing can be: the filter of system
  /// calls is then the narrower one.
  std::vector<std::string> arguments = {};
  std::size_t max_answer = 4096;            ///< of `read`; more is not read, the child is ended
  std::size_t max_output = 4096;            ///< of a program, likewise
  std::chrono::milliseconds timeout{2000};  ///< for `read`, and again for a program
};

/// How it ended. `failure` without an answer means that nothing was read and nothing was run.
struct SandboxOutcome {
  struct Failure {
    Step step = {};
    int errnum = 0;
  };
  std::optional<Failure> failure = {};
  std::optional<int> wait_status = {};  ///< of the process that read or ran; absent if unknown
  bool timed_out = false;
  bool too_much_output = false;
  bool stuck = false;                      ///< SIGKILL did not end it in time: abandoned
  std::optional<std::string> answer = {};  ///< of `read`, once it is complete; untrusted
  /// Of a program; untrusted, at most max_output bytes. What came of an answer that is not
  /// complete.
  std::string output = {};
  std::string errors = {};  ///< untrusted, at most 4096 bytes; the rest is passed over
};

/// A child in a sandbox, in two processes. The outer one (the guard) enters the place, forks the
/// inner one as pid 1 of a new pid namespace and then waits with no capability left. The inner one
/// gives up everything and reads or execs. When the guard dies, the inner one is killed; when the
/// inner one dies, so does everything it started.
///
/// The guard keeps root as its real and saved user id, so that this process may end it, and takes
/// the inner one's as its effective id, so that it may end that one: no side needs CAP_KILL.
class SandboxChild {
 public:
  [[nodiscard]] static Result<SandboxChild> start(const SandboxPlan& plan);

  SandboxChild(SandboxChild&&) noexcept = default;
  SandboxChild& operator=(SandboxChild&&) = delete;
  SandboxChild(const SandboxChild&) = delete;
  SandboxChild& operator=(const SandboxChild&) = delete;
  ~SandboxChild();  ///< tells the guard to end the inner one, and waits for both as wait() does

  /// Takes what has arrived and ends what is over its time, without waiting. True once it is over.
  bool advance();

  /// What to wait for, together with others, before advance() has something to do.
  void add_waits(std::vector<pollfd>& waits) const;

  /// Waits until it is over: at most the rest of its time and a fraction of a second.
  void wait();

  /// Once it is over.
  [[nodiscard]] SandboxOutcome take_outcome() { return std::move(outcome_); }

 private:
  using Clock = std::chrono::steady_clock;
  enum class Phase : std::uint8_t { working, ending, over };

  SandboxChild(const SandboxPlan& plan, sys::ChildProcess guard);
  [[nodiscard]] std::size_t max_bytes() const;
  void read_output();
  void read_errors();
  void read_notes();
  void take_note(const StatusNote& note);
  void tell_to_end();
  void split_output();
  void finish_guard();

  sys::ChildProcess guard_;
  sys::UniqueFd status_ = {};  ///< StatusNotes; its end means that the guard is gone
  sys::UniqueFd output_ = {};
  sys::UniqueFd errors_ = {};
  sys::UniqueFd leash_ = {};  ///< eventfd; anything written tells the guard to end the inner one
  std::size_t max_answer_ = 0;
  std::size_t max_output_ = 0;
  std::chrono::milliseconds timeout_{};
  Clock::time_point deadline_ = {};
  std::string received_ = {};
  std::optional<std::size_t> answer_size_ = {};  ///< of received_; what follows is a program's
  Phase phase_ = Phase::working;
  SandboxOutcome outcome_ = {};
};

}  // namespace iptmode::probe
