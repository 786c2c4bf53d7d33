// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace iptmode::collect {

/// Which container and pod a process belongs to, by the names that runtimes give to cgroups.
struct ContainerIdentity {
  std::string container_id = {};  ///< 64 hex digits, or empty
  std::string pod_uid = {};       ///< "c3b7...-...", or a static pod's hash of 32 digits, or empty
  bool operator==(const ContainerIdentity&) const = default;
};

/// Reads /proc/<pid>/cgroup, version 1 or 2, written by the cgroupfs or the systemd driver of
/// containerd, CRI-O or Docker. In a node inside a container (kind) the innermost container counts.
/// What looks like neither gives empty strings: a process of the host is no error.
[[nodiscard]] ContainerIdentity parse_cgroup(std::string_view text);

}  // namespace iptmode::collect
