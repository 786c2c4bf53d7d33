// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <map>
#include <string>

namespace iptmode::kernel {

/// The attributes of NEWRULE messages as a kernel sent them, by the text of the rule that a real
/// program (tests/integration/kernel/captured/<writer>.hex) wrote.
[[nodiscard]] std::map<std::string, std::string> captured_rules(const std::string& writer);

}  // namespace iptmode::kernel
