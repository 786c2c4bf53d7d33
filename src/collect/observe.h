// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "collect/collect.h"
#include "collect/sources.h"
#include "iptmode/snapshot.h"

namespace iptmode::collect {

/// Makes the snapshot from its sources. The slow parts overlap: the children that look into places
/// are started first and awaited last, and the kernel is read meanwhile. Whatever a source cannot
/// say becomes a gap.
[[nodiscard]] Snapshot observe(const Sources& sources, const CollectOptions& options);

}  // namespace iptmode::collect
