// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string_view>
#include <vector>

#include "iptmode/backend.h"
#include "iptmode/rule.h"
#include "rule_text/option_groups.h"

namespace iptmode::rule_text {

/// Puts an option whose meaning is known into `rule`. `module` is the last -m before it. False, and
/// `rule` as it was, for an option or a value that is not known.
[[nodiscard]] bool take_known(const Option& option, std::string_view module, IpFamily family,
                              Rule& rule);

/// What `-j name` (or `-g name`) means, without the target's options.
[[nodiscard]] Action action_of(std::string_view name, bool go_to);
/// Takes the target's options over; those of MARK become bits.
void complete_action(Action& action, std::vector<Option> options);

}  // namespace iptmode::rule_text
