// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <sys/types.h>

#include "iptmode/component.h"
#include "iptmode/result.h"
#include "sys/unique_fd.h"

namespace iptmode::sys {

/// A network namespace that nobody is in and nothing happens in: its one interface, loopback, is
/// down. Many sandboxed children may be put into the same one. The calling thread is in there for a
/// moment; if the way back fails, std::terminate() is called.
[[nodiscard]] Result<UniqueFd> make_empty_network();

/// Moves the calling thread into the network namespace of a process for the lifetime of this
/// object, and back. Sockets opened meanwhile stay in it. The program is single-threaded (setns(2)
/// is per thread). If the way back fails, the destructor calls std::terminate(): nothing may run in
/// the wrong namespace.
class NetworkNamespaceGuard {
 public:
  /// Enters the namespace of `pid`, which must have the id `expected` (errc::no_such_process if
  /// not). Does nothing when the thread is already there.
  [[nodiscard]] static Result<NetworkNamespaceGuard> enter(int proc_root, pid_t pid,
                                                           NamespaceId expected);
  NetworkNamespaceGuard(NetworkNamespaceGuard&&) noexcept = default;
  NetworkNamespaceGuard& operator=(NetworkNamespaceGuard&&) = delete;
  NetworkNamespaceGuard(const NetworkNamespaceGuard&) = delete;
  NetworkNamespaceGuard& operator=(const NetworkNamespaceGuard&) = delete;
  ~NetworkNamespaceGuard();

 private:
  explicit NetworkNamespaceGuard(UniqueFd home) noexcept : home_{std::move(home)} {}
  UniqueFd home_;  ///< open when there is a way back to go
};

}  // namespace iptmode::sys
