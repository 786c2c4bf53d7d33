// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "collect/component_match.h"
#include "collect/container_identity.h"
#include "collect/process_table.h"
#include "iptmode/snapshot.h"

namespace iptmode::collect {

/// The namespaces that place a process.
struct ProcessPlace {
  NamespaceId network = 0;
  NamespaceId mount = 0;
  NamespaceId user = 0;
  bool operator==(const ProcessPlace&) const = default;
};

/// One process that is a component by its executable and arguments.
struct ProcessRecord {
  pid_t pid = 0;
  ComponentMatch match = {};
  std::string executable = {};  ///< without " (deleted)"
  std::vector<std::string> arguments = {};
  ProcessPlace place = {};
  bool net_admin = false;  ///< CAP_NET_ADMIN is effective
  ContainerIdentity container = {};
};

/// What the process table held.
struct ProcessScan {
  std::vector<ProcessRecord> records = {};  ///< by pid
  /// Where pid 1 lives: the node itself. Our own place when pid 1's could not be read.
  std::optional<ProcessPlace> node = {};
  pid_t witness = 1;  ///< a process that lives there
  /// pid 1 is not the machine's own first process, but that of a container.
  bool within_container = false;
  std::vector<Gap> gaps = {};
};

/// Reads the comm of every process and, of those that could be components, all the rest. A process
/// that exits meanwhile is left out; one that may not be read is a gap, and so is a pid 1 that
/// cannot be seen, because then others may be hidden as well (mount option hidepid of proc(5)).
/// `own_pid` is this process' number in the table; 0 if it is not in there.
[[nodiscard]] ProcessScan scan_processes(ProcessTable& table, pid_t own_pid);

}  // namespace iptmode::collect
