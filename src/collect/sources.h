// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "collect/discovery.h"
#include "collect/process_table.h"
#include "firewalld/reading.h"
#include "iptmode/cross_reading.h"
#include "iptmode/kernel_state.h"
#include "iptmode/result.h"
#include "kernel/network_reader.h"
#include "probe/place_probe.h"

namespace iptmode::collect {

/// A place that can be looked at.
struct PlaceRef {
  std::string label = {};  ///< "kube-proxy (pid 1311)"
  pid_t pid = 0;           ///< 0: the host's root directory
  NamespaceId mount = 0;   ///< what the process' mount namespace must be; 0: any
};

/// A sandboxed child at work in a place, see probe::PlaceProbe.
class Look {
 public:
  virtual ~Look() = default;
  /// Does what needs no waiting. True when finish() has nothing to wait for.
  virtual bool poll() = 0;
  /// Waits, at most the timeout that it was started with.
  [[nodiscard]] virtual Result<probe::ProbeReport> finish() = 0;
};

/// Starts looks into places.
class Places {
 public:
  virtual ~Places() = default;
  [[nodiscard]] virtual Result<std::unique_ptr<Look>> start(const PlaceRef& place,
                                                            probe::ProbeRequest request) = 0;
};

/// Reads firewalls from the kernel.
class Networks {
 public:
  virtual ~Networks() = default;
  [[nodiscard]] virtual KernelSupport support() = 0;
  struct Options {
    NodeNetworks networks = {};  ///< of the cluster, as far as known
    std::chrono::milliseconds timeout{10000};
    std::function<void()> idle = {};  ///< called now and then
  };
  /// Fails when the namespace cannot be entered.
  [[nodiscard]] virtual Result<kernel::NetworkReading> read(const Domain& domain,
                                                            const KernelSupport& support,
                                                            const Options& options) = 0;
};

/// Asks programs of this node.
class Answers {
 public:
  virtual ~Answers() = default;
  /// Body of GET /status on k0s' socket. `idle` is called now and then.
  [[nodiscard]] virtual Result<std::string> k0s_status(const std::string& socket,
                                                       std::chrono::milliseconds timeout,
                                                       const std::function<void()>& idle) = 0;
  /// Body of GET /proxyMode on port 10249 of 127.0.0.1 in the network namespace of a process.
  [[nodiscard]] virtual Result<std::string> proxy_mode(pid_t pid, NamespaceId network,
                                                       std::chrono::milliseconds timeout) = 0;
  /// The running firewalld, over the host's system bus; see bus::ask_firewalld().
  [[nodiscard]] virtual Result<firewalld::FirewalldReading> firewalld(
      std::chrono::milliseconds timeout) = 0;
};

/// The host's own files, never a container's.
class HostFiles {
 public:
  virtual ~HostFiles() = default;
  /// Permission bits of a directory inside the host's root directory.
  [[nodiscard]] virtual Result<std::uint32_t> directory_mode(const std::string& path) = 0;
  /// A regular file's content: errc::file_too_large beyond `max_bytes`, errc::invalid_argument for
  /// anything that is no regular file.
  [[nodiscard]] virtual Result<std::string> read(const std::string& path,
                                                 std::size_t max_bytes) = 0;
  /// The names in a directory, sorted, without "." and ".."; errc::file_too_large for more than
  /// kMaxNames.
  [[nodiscard]] virtual Result<std::vector<std::string>> names(const std::string& path) = 0;
  static constexpr std::size_t kMaxNames = 4096;
};

/// An iptables-nft that can be asked what it makes of rules, and where it lies.
struct ReaderRef {
  IptablesReader reader = {};
  bool legacy = false;  ///< it reads no table of nft; a bug of its own is looked for
  PlaceRef place = {};
  std::uint32_t mode = 0;  ///< permission bits of its file
  bool of_root = false;    ///< it is run only if root alone may write it
};

/// Readers at work, see cross_reading::CrossReader.
class RunningReaders {
 public:
  virtual ~RunningReaders() = default;
  /// Does what needs no waiting.
  virtual void poll() = 0;
  [[nodiscard]] virtual CrossReading finish() = 0;
};

/// Asks readers about rules.
class Readers {
 public:
  virtual ~Readers() = default;
  struct Options {
    bool every_bug = false;
    std::string legacy_ipv6_table = {};  ///< one that the node has: programs are tried in it
    std::chrono::milliseconds timeout{10000};
  };
  /// `tables` is borrowed until the readers have finished.
  [[nodiscard]] virtual std::unique_ptr<RunningReaders> start(const std::vector<NftTable>& tables,
                                                              std::vector<ReaderRef> readers,
                                                              const Options& options) = 0;
};

/// All that an observation is made from, borrowed.
struct Sources {
  ProcessTable& processes;
  Places& places;
  Networks& networks;
  Answers& answers;
  HostFiles& host;
  Readers* readers = nullptr;  ///< nothing is cross-read without
  pid_t own_pid = 0;           ///< in `processes`
  std::size_t processors = 1;  ///< for children, beside the one that is ours
  std::string hostname = {};   ///< of our own UTS namespace
  std::string kernel = {};     ///< uname release
};

}  // namespace iptmode::collect
