// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "archive/entry.h"
#include "iptmode/result.h"

namespace iptmode::archive {

/// A tar archive, compressed with gzip: the entries in their order, regular files of mode 0600 that
/// belong to root and were changed at `moment`. The same entries give the same bytes.
[[nodiscard]] Result<std::string> pack(const std::vector<Entry>& entries, std::int64_t moment);

}  // namespace iptmode::archive
