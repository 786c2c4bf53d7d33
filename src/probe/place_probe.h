// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "iptmode/installation.h"
#include "iptmode/result.h"
#include "sys/process_ref.h"

namespace iptmode::probe {

/// Where to look: the mount namespace and root directory of a process, or a directory of our own
/// mount namespace (--host-root).
struct Place {
  std::string label = {};        ///< for messages: "kube-proxy (pid 1311)"
  sys::ProcessRef process = {};  ///< owned; pid 0 when `root` is used instead
  sys::UniqueFd root = {};       ///< O_PATH on a directory; used when process.pid is 0
};

struct ProbeRequest {
  std::vector<std::string> search_path =
      {};           ///< absolute directories, first match wins, as execvp(3)
  bool run = true;  ///< also run the plain multi-call file that `iptables` leads to
  std::vector<std::string> text_files =
      {};  ///< small settings files to read in there (at most 64 KiB each)
  std::chrono::milliseconds timeout{2000};  ///< for reading, and again for the run
  /// Borrowed, for as long as the probe lives; see sys::make_empty_network(). -1: each child makes
  /// its own.
  int network = -1;
  /// Test hook: act as on a kernel before 5.12, which has no mount_setattr(2).
  bool without_mount_setattr = false;
};

struct ProbeReport {
  Installation installation = {};
  std::map<std::string, Result<std::string>> text_files =
      {};  ///< by path; errc::no_such_file_or_directory
  std::vector<std::string> problems =
      {};  ///< what could not be seen in there, one a line, in words
};

/// Sandboxed children at work in one place: they enter it, take a read-only view, give up every
/// privilege, and then read, or exec the place's own iptables. Started early and awaited late, so
/// that several places and the kernel are read at the same time.
///
/// Nothing in the place is opened by this process. A child that does not end is killed with its
/// whole pid namespace; one that even SIGKILL does not end (a hung FUSE mount) is abandoned and
/// reported.
class PlaceProbe {
 public:
  /// Forks the first child. Fails when no child could be started; failures inside the child come
  /// from finish().
  [[nodiscard]] static Result<PlaceProbe> start(Place place, ProbeRequest request);
  PlaceProbe(PlaceProbe&&) noexcept;
  PlaceProbe& operator=(PlaceProbe&&) noexcept;
  PlaceProbe(const PlaceProbe&) = delete;
  PlaceProbe& operator=(const PlaceProbe&) = delete;
  ~PlaceProbe();  ///< kills and reaps, within a bounded time

  /// Does what can be done without waiting: reads what has arrived, starts the run once the files
  /// are identified. Returns true when finish() will not block. Call it between other work.
  bool poll();

  /// Waits for the rest, at most the timeouts. An error names the step that failed
  /// ("setns mnt: Operation not permitted"): then nothing is known of the place.
  [[nodiscard]] Result<ProbeReport> finish();

 private:
  struct State;
  explicit PlaceProbe(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace iptmode::probe
