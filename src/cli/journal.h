// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

#include "iptmode/journal.h"
#include "iptmode/result.h"

namespace iptmode::cli {

/// Where journald listens on every machine that runs it.
inline constexpr const char* kJournalSocket = "/run/systemd/journal/socket";

/// Hands the entries to journald. Does not wait: a journal that takes no more is an error.
[[nodiscard]] Result<> send_to_journal(const std::vector<JournalEntry>& entries);

}  // namespace iptmode::cli
