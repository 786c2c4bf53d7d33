// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

namespace iptmode::evidence {

/// The files called `names` in each of `directories`, as `ls -lah` shows them: type and
/// permissions, links, owner, group, size, time, name, target of a link. Names that are not there
/// are left out. Runs inside a sandbox: opens nothing, follows nothing.
[[nodiscard]] std::string listing(const std::vector<std::string>& directories,
                                  const std::vector<std::string>& names);

}  // namespace iptmode::evidence
