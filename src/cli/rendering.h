// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "cli/commands.h"
#include "iptmode/report.h"

namespace iptmode::cli {

/// How a report ends the program, apart from --exit-zero.
[[nodiscard]] Exit exit_of(const Report& report, const Options& options);

/// The report in the format that was asked for, and how the program ends.
[[nodiscard]] Outcome rendered(const Report& report, const Options& options,
                               const Terminal& terminal);

/// What a monitoring system is told on standard output when there is no report; empty for formats
/// that have no word for it.
[[nodiscard]] std::string rendered_failure(std::string_view reason, Format format);

}  // namespace iptmode::cli
