// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

#include "iptmode/report.h"

namespace iptmode {

/// The report as one page for a browser that holds everything it needs: no script, and a policy
/// (CSP) that lets nothing be loaded. Light and dark as the reader prefers, fit for paper and for a
/// screen reader. Every foreign byte is escaped.
[[nodiscard]] std::string render_html(const Report& report);

}  // namespace iptmode
