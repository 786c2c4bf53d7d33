// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "iptmode/report.h"

/// Judged snapshots with findings of their own, so that the wording of the checks can change
/// without changing what is tested here: the layout.
namespace iptmode::testing {

[[nodiscard]] Report healthy_report();
/// kube-router writes legacy, everything else nf_tables.
[[nodiscard]] Report split_report();
/// Looked at without privilege: most is missing.
[[nodiscard]] Report blind_report();
/// Nothing of Kubernetes runs.
[[nodiscard]] Report idle_report();
/// Names full of escape codes, quotes and broken UTF-8, in every place that holds foreign text.
[[nodiscard]] Report hostile_report();

}  // namespace iptmode::testing
