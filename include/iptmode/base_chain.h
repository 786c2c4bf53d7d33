// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace iptmode {

/// A base chain: the kernel calls it at `hook`. For legacy tables these are the built-in chains.
struct BaseChain {
  std::string name = {};
  std::string type = {};                  ///< "filter", "nat", "route"; the table's kind for legacy
  std::string hook = {};                  ///< "input", "prerouting", "ingress", ...
  std::vector<std::string> devices = {};  ///< of "ingress" and "egress": "eth0"; empty: not known
  std::int32_t priority = 0;
  std::string policy = {};  ///< "accept" or "drop"
  std::uint64_t rules = 0;
  bool operator==(const BaseChain&) const = default;
};

}  // namespace iptmode
