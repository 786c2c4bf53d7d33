// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <span>
#include <string>
#include <vector>

#include "iptmode/snapshot.h"

namespace iptmode::collect {

/// One gap for each group of facts that this program may not see without the capabilities that it
/// was started without.
[[nodiscard]] std::vector<Gap> gaps_of_missing_capabilities(std::span<const std::string> missing);

}  // namespace iptmode::collect
