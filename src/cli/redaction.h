// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "iptmode/redact.h"
#include "iptmode/result.h"

namespace iptmode::cli {

/// With a key of its own that nobody keeps: the pseudonyms of two runs have nothing in common.
[[nodiscard]] Result<Redactor> new_redactor(const Redaction& redaction);

}  // namespace iptmode::cli
