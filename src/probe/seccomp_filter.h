// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <vector>

#include "iptmode/result.h"

namespace iptmode::probe {

/// What a sandboxed child may still ask the kernel for.
enum class Allowance : std::uint8_t {
  read_files,     ///< our own code: open, read, answer, exit
  run_program,    ///< what `iptables -V` of any release needs: no child, no socket but nfnetlink
  speak_netlink,  ///< and what iptables-nft asks nf_tables through it
  speak_netlink_and_raw,  ///< and a raw socket, through which extensions ask for a set's name
  change_legacy,          ///< and the lock that iptables-legacy wants: granted without being taken
};

/// One program for the kernel, see seccomp(2).
using SeccompFilter = std::vector<sock_filter>;

/// An allowlist: everything else fails with EPERM, and a system call of another architecture ends
/// the process. Compiled once for each allowance, which takes longer than to install it; call it
/// before the fork.
[[nodiscard]] const Result<SeccompFilter>& seccomp_filter(Allowance allowance);

/// Confines the calling process for good. Needs no_new_privs. Returns 0, or -1 with errno.
[[nodiscard]] int install_seccomp_filter(const SeccompFilter& filter) noexcept;

}  // namespace iptmode::probe
