// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>

namespace iptmode::probe {

/// What a sandboxed child may still ask the kernel for.
enum class Allowance : std::uint8_t {
  read_files,   ///< our own code: open, read, answer, exit
  run_program,  ///< what `iptables -V` of any release needs: no child, no socket but nfnetlink
};

/// Confines the calling process for good, by an allowlist: everything else fails with EPERM, and a
/// system call of another architecture ends the process. Needs no_new_privs. Returns 0, or -1 with
/// errno.
[[nodiscard]] int install_seccomp_filter(Allowance allowance) noexcept;

}  // namespace iptmode::probe
