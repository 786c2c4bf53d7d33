// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

#include "iptmode/firewalld.h"

namespace iptmode::firewalld {

/// What one source said of firewalld, and what it could not say.
struct FirewalldReading {
  Firewalld state = {};
  std::vector<std::string> problems = {};  ///< one a line: "zone k0s: Permission denied"
};

}  // namespace iptmode::firewalld
