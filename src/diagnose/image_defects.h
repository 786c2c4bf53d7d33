// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

#include "iptmode/snapshot.h"

namespace iptmode::checks {

/// Published images that cannot choose, recognised by what their installation looks like. One line
/// that names the image and its successor; "" when it looks like none of them.
[[nodiscard]] std::string known_defect(const Component& component);

/// How this component gets to `backend`: delete the pod where its wrapper would choose that now,
/// replace the image where it cannot choose, put the link right where it runs on the host.
[[nodiscard]] std::vector<std::string> move_to(const Component& component, Backend backend,
                                               const Snapshot& snapshot);

}  // namespace iptmode::checks
