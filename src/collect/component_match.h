// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "iptmode/component.h"

namespace iptmode::collect {

/// What a process is, by its executable and arguments.
struct ComponentMatch {
  ComponentKind kind = {};
  std::string command = {};  ///< "calico-node -felix", "k0s worker", "firewalld"
  /// Among the processes of one component in one place, the lowest speaks for all: calico-node's
  /// felix before its helpers, k0s' containerd before another one.
  int rank = 0;
  bool operator==(const ComponentMatch&) const = default;
};

/// Whether a process of this comm could be a component: the first, cheap look at every process. A
/// comm has at most 15 bytes; interpreters and `calico` hide components behind another name.
[[nodiscard]] bool may_be_component(std::string_view comm);

/// `executable` is the target of /proc/<pid>/exe without " (deleted)". A name alone does not make a
/// component: `k0s kubectl`, `calico-node -felix-ready` and a shell script called kube-proxy match
/// nothing.
[[nodiscard]] std::optional<ComponentMatch> match_component(std::string_view executable,
                                                            std::span<const std::string> arguments);

/// The target of /proc/<pid>/exe without the kernel's " (deleted)", which an upgrade leaves behind.
[[nodiscard]] std::string_view without_deleted_mark(std::string_view executable);

}  // namespace iptmode::collect
