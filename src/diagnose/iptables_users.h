// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "diagnose/domains.h"
#include "iptmode/snapshot.h"

namespace iptmode::checks {

/// Where an iptables that is used in a network namespace comes from.
enum class Place : std::uint8_t {
  component,  ///< a component's own search path
  k0s_bin,    ///< k0s' bin directory: kubelet and, through containerd, the CNI plugins use it
  host,       ///< the host's search path: one-shot programs and administrators use it
};

/// What a program writes back of the rules of others after it has read a table.
enum class WritesBack : std::uint8_t {
  whole_table,  ///< it saves the filter table and restores all of it (kube-router's policies)
  own_chains,   ///< it asks for rules (-C) and rewrites chains of its own
  nothing,      ///< it looks for its own marks only (felix' hashes)
};

/// Somebody who reads and writes the iptables tables of one network namespace, and the program it
/// does that with. Borrows from the snapshot.
struct IptablesUser {
  Place place = Place::component;
  const Component* component = nullptr;        ///< null unless `place` is component
  const Installation* installation = nullptr;  ///< never null
  std::string subject = {};                    ///< "kube-proxy (pid 1311)"
  std::string program = {};                    ///< the file: "/usr/sbin/xtables-nft-multi"
  /// Absent when a program does not tell, or would decide at its next start (felix in auto mode
  /// without chains).
  std::optional<Backend> backend = {};
  std::optional<Version> version = {};  ///< of the file that serves `backend`
  /// Nothing that runs here is known to call it. Whoever types it still reads with it.
  bool idle = false;

  [[nodiscard]] bool is(ComponentKind kind) const;
  [[nodiscard]] WritesBack writes_back() const;
};

/// Each member of the domain that uses iptables, then k0s' bin directory and the host in the node's
/// own. A kubelet that takes its iptables from k0s' bin directory is not listed twice. Left out:
/// who has no iptables at all, and who writes native nft tables instead.
[[nodiscard]] std::vector<IptablesUser> iptables_users(const Domain& domain,
                                                       const Snapshot& snapshot);

/// "/usr/sbin/xtables-nft-multi, 1.8.11 (nf_tables)"
[[nodiscard]] std::string program_of(const IptablesUser& user);

/// Who is behind the subject: "kubelet and the CNI plugins use it", "" for a component.
[[nodiscard]] std::string_view users_behind(Place place);

}  // namespace iptmode::checks
