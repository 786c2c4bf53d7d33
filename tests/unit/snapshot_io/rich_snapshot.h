// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "iptmode/snapshot.h"

namespace iptmode {

/// A snapshot in which no member has its default value, with foreign bytes where a node has them.
[[nodiscard]] Snapshot a_rich_snapshot();

}  // namespace iptmode
