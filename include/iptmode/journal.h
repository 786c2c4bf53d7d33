// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "iptmode/drift_report.h"
#include "iptmode/report.h"

namespace iptmode {

/// One entry of systemd's journal: fields in upper case and their values, which may have several
/// lines. MESSAGE_ID says which text of the catalogue explains it.
struct JournalEntry {
  std::vector<std::pair<std::string, std::string>> fields = {};
  bool operator==(const JournalEntry&) const = default;
};

/// The verdict, then one entry for each finding, worst first. What an exception covers has priority
/// info and IPTMODE_SUPPRESSED.
[[nodiscard]] std::vector<JournalEntry> journal_entries(const Report& report);

/// One entry for each change; one when it could not be decided; none for an unchanged node.
[[nodiscard]] std::vector<JournalEntry> journal_entries(const DriftReport& report);

/// The 32 hexadecimal digits that stand for an event: the first of the SHA-256 of "iptmode:" and
/// the event's name, "finding:<check>", "verdict" or "change". They never change.
[[nodiscard]] std::string message_id(std::string_view event);

/// As journald's native protocol has it, one datagram: values are escaped and cut to a few KiB.
[[nodiscard]] std::string journal_datagram(const JournalEntry& entry);

}  // namespace iptmode
