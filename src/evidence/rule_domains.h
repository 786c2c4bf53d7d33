// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "evidence/sight.h"
#include "sys/network_namespace.h"

namespace iptmode::evidence {

/// A network namespace of the snapshot whose rules are put into a bundle.
struct RuleDomain {
  const NetworkState* network = nullptr;  ///< never null
  pid_t witness = 0;                      ///< a process in it; 0: none is known
  std::string folder = {};  ///< "rules/", "rules/net-4026532281/" for another than the node's own
  std::string words = {};   ///< "", ", network namespace 4026532281 (kubelet, pid 812)"

  [[nodiscard]] std::string path(std::string_view name) const;
  /// errc::no_such_process when the witness is no longer in it.
  [[nodiscard]] Result<sys::NetworkNamespaceGuard> enter(const Sight& sight) const;
};

/// Calls `read` for each of them, the node's own first. For those that nobody is known in, that are
/// too many, or that the time is over for, `file` is missing with the reason.
void for_each_domain(Sight& sight, std::string_view file,
                     void (*read)(Sight& sight, const RuleDomain& domain));

}  // namespace iptmode::evidence
