// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "iptmode/report.h"

namespace iptmode::html {

/// The style sheet.
[[nodiscard]] std::string_view style_sheet();

/// The verdict, its message and what node this is.
[[nodiscard]] std::string banner(const Report& report);

/// The picture of who writes where: components on the left, backends on the right, a line for rules
/// in the kernel and a broken one for where the next call writes; faults in red. As inline SVG.
[[nodiscard]] std::string picture(const Report& report);

/// What every iptables here makes of each shape of rule in the kernel. Empty where nobody was
/// asked.
[[nodiscard]] std::string reading_matrix(const Report& report);

[[nodiscard]] std::string component_table(const Report& report);
[[nodiscard]] std::string finding_cards(const Report& report);
[[nodiscard]] std::string kernel_tables(const Report& report);
[[nodiscard]] std::string gap_list(const Report& report);
[[nodiscard]] std::string check_table(const Report& report);

}  // namespace iptmode::html
