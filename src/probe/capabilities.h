// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

#include "iptmode/result.h"

namespace iptmode::probe {

/// Drops every capability that the audit does not need from all sets, the bounding set included, as
/// the first action of the program (libcap-ng). Returns the names of those it needs and does not
/// have
/// ("CAP_SYS_ADMIN"), sorted: CAP_SYS_ADMIN, CAP_SYS_CHROOT, CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH,
/// CAP_NET_ADMIN, CAP_NET_RAW, CAP_SETUID, CAP_SETGID, CAP_SETPCAP. CAP_KILL is not kept: children
/// are ended through their pidfd while they are still ours, see child_process.h.
[[nodiscard]] Result<std::vector<std::string>> keep_needed_capabilities();

}  // namespace iptmode::probe
