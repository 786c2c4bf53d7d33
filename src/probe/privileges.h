// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <sys/types.h>

namespace iptmode::probe {

/// The user and group that a sandboxed child becomes.
struct Account {
  uid_t uid = 65534;
  gid_t gid = 65534;
  bool operator==(const Account&) const = default;
};

/// "nobody": the kernel's overflow ids, which no file of a sane system belongs to.
inline constexpr Account kNobody{};

// Steps of a child, each 0, or -1 with errno.

/// Empties the bounding set and makes sure that it is. Needs CAP_SETPCAP, and the auditor's own
/// /proc, because libcap-ng reads /proc/<tid>/status: never call it inside a container's root.
[[nodiscard]] int empty_bounding_set() noexcept;

/// Real, effective and saved ids, no supplementary groups. Capabilities stay as they are for uid 0.
[[nodiscard]] int become(const Account& account) noexcept;

/// Effective, permitted, inheritable and ambient sets are empty afterwards. Reads no file.
[[nodiscard]] int drop_all_capabilities() noexcept;

// For a child that joins a user and network namespace of our own.

/// So that become() leaves the permitted set alone.
[[nodiscard]] int keep_capabilities_on_change_of_user() noexcept;

/// Permitted and effective hold what setns(2) asks for and nothing else. Reads no file.
[[nodiscard]] int keep_only_sys_admin() noexcept;

/// For the first step inside the user namespace: every set, the bounding set included, holds
/// CAP_NET_ADMIN and, if asked, CAP_NET_RAW, and nothing else, and execve(2) keeps them whatever
/// the user is. Reads no file.
[[nodiscard]] int keep_only_net_capabilities(bool raw) noexcept;

/// Lowers the limits of a process that has a few milliseconds of work to do. Not RLIMIT_NPROC.
[[nodiscard]] int lower_limits() noexcept;

/// After become(): with the limit lowered before, setresuid(2) would mark the process and execve(2)
/// fail with EAGAIN wherever other processes of that user already run.
[[nodiscard]] int forbid_processes() noexcept;

}  // namespace iptmode::probe
