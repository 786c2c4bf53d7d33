// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

#include "iptmode/result.h"

namespace iptmode::kernel {

/// One table of the calling thread's network namespace in the words of iptables-save, "*filter" to
/// "COMMIT". `name` must be one that the kernel lists: see legacy_tables.h, also for the errors.
/// What is not decoded stands in brackets, so the text is for people and not for iptables-restore.
[[nodiscard]] Result<std::string> save_legacy_table4(const std::string& name);
[[nodiscard]] Result<std::string> save_legacy_table6(const std::string& name);

}  // namespace iptmode::kernel
