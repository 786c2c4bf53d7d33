// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>

#include "collect/host_root.h"
#include "collect/proc_directory.h"
#include "collect/sources.h"
#include "sys/unique_fd.h"

namespace iptmode::collect {

/// Sandboxed children in real places. `proc` and `host` are borrowed.
class LivePlaces final : public Places {
 public:
  LivePlaces(const ProcDirectory& proc, const HostRoot& host) noexcept : proc_{proc}, host_{host} {}
  [[nodiscard]] Result<std::unique_ptr<Look>> start(const PlaceRef& place,
                                                    probe::ProbeRequest request) override;

 private:
  const ProcDirectory& proc_;
  const HostRoot& host_;
  /// For all children, from the first on. Empty where it cannot be made: then each one tries for
  /// itself, and says why it could not.
  std::optional<sys::UniqueFd> network_ = {};
};

/// The running kernel. `proc` and `host` are borrowed.
class LiveNetworks final : public Networks {
 public:
  LiveNetworks(const ProcDirectory& proc, const HostRoot& host) noexcept
      : proc_{proc}, host_{host} {}
  [[nodiscard]] KernelSupport support() override;
  [[nodiscard]] Result<kernel::NetworkReading> read(const Domain& domain,
                                                    const KernelSupport& support,
                                                    const Options& options) override;

 private:
  const ProcDirectory& proc_;
  const HostRoot& host_;
};

/// Sandboxed readers in real places. `proc` and `host` are borrowed.
class LiveReaders final : public Readers {
 public:
  LiveReaders(const ProcDirectory& proc, const HostRoot& host) noexcept
      : proc_{proc}, host_{host} {}
  /// A place that is not there any more gives no reading.
  [[nodiscard]] std::unique_ptr<RunningReaders> start(const std::vector<NftTable>& tables,
                                                      std::vector<ReaderRef> readers,
                                                      const Options& options) override;

 private:
  const ProcDirectory& proc_;
  const HostRoot& host_;
};

/// Sockets of this machine. `proc` and `host` are borrowed; `host_prefix` is the path under which
/// the host's files are seen from here, empty where they are our own.
class LiveAnswers final : public Answers {
 public:
  LiveAnswers(const ProcDirectory& proc, const HostRoot& host, std::string host_prefix) noexcept
      : proc_{proc}, host_{host}, host_prefix_{std::move(host_prefix)} {}
  [[nodiscard]] Result<std::string> k0s_status(const std::string& socket,
                                               std::chrono::milliseconds timeout,
                                               const std::function<void()>& idle) override;
  [[nodiscard]] Result<std::string> proxy_mode(pid_t pid, NamespaceId network,
                                               std::chrono::milliseconds timeout) override;
  [[nodiscard]] Result<firewalld::FirewalldReading> firewalld(
      std::chrono::milliseconds timeout) override;

 private:
  const ProcDirectory& proc_;
  const HostRoot& host_;
  std::string host_prefix_;
};

}  // namespace iptmode::collect
