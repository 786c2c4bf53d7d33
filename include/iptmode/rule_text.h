// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "iptmode/backend.h"
#include "iptmode/rule.h"

namespace iptmode {

/// One line of iptables-save, understood. It takes what releases from 1.8.2 to 1.8.13 print, and
/// any other text: foreign bytes are bounded, and what is not understood is kept as an extension
/// whose words are compared.
struct RuleText {
  std::string chain = {};
  Rule rule = {};
  std::vector<std::string> modules = {};  ///< the names behind -m, in order
  std::string text = {};                  ///< the words behind the chain, one blank between them
  bool operator==(const RuleText&) const = default;
};

/// "-A CHAIN ..." with or without the counters "[12:720]" before it. Nothing for any other line,
/// for a line with an open quote, and for one beyond 64 KiB or 1024 words.
[[nodiscard]] std::optional<RuleText> parse_rule_text(std::string_view line, IpFamily family);

/// What one run of iptables-save says of one table.
struct SavedTable {
  std::string name = {};
  bool complete = false;  ///< it ends in COMMIT
  std::vector<std::string> chains = {};
  std::vector<std::string> rules = {};  ///< whole lines, see parse_rule_text()
  bool operator==(const SavedTable&) const = default;
};

/// The tables in the order printed; other lines are left out. At most 64 tables and 65536 lines.
[[nodiscard]] std::vector<SavedTable> parse_saved_tables(std::string_view text);

}  // namespace iptmode
