// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "iptmode/render.h"
#include "iptmode/report.h"

namespace iptmode {

/// The iptables of one component, in the words of a report.
struct FleetComponent {
  std::string name = {};     ///< "kube-proxy", "k0s", "host"
  std::string backend = {};  ///< "legacy", "nf_tables", "unresolved", "unknown"
  std::string version = {};  ///< "1.8.9"; empty where it could not be told
  auto operator<=>(const FleetComponent&) const = default;
};

/// A check that found something on a node.
struct FleetFault {
  std::string_view check = {};
  Severity severity = {};  ///< of the worst finding that no exception covers
  bool operator==(const FleetFault&) const = default;
};

/// What of one report is needed to compare it with others: about a kilobyte.
struct FleetNode {
  std::string file = {};      ///< as it was named to the program
  std::string hostname = {};  ///< foreign bytes
  std::int64_t taken_at = 0;  ///< seconds since 1970, UTC
  Verdict verdict = Verdict::unknown;
  std::string message = {};
  std::string fingerprint = {};
  std::vector<FleetComponent> components = {};  ///< sorted, without doubles
  std::vector<FleetFault> faults = {};          ///< in the order of the checks
  unsigned suppressed = 0;                      ///< findings that an exception covers
  std::vector<ExceptionUse> exceptions = {};    ///< in the order of their file
  bool operator==(const FleetNode&) const = default;
};

/// A file that gave no report, and why.
struct UnreadFile {
  std::string file = {};
  std::string reason = {};
  bool operator==(const UnreadFile&) const = default;
};

/// Nodes that are alike in everything that an operator would call a difference.
struct FleetGroup {
  std::string fingerprint = {};
  std::vector<std::size_t> nodes = {};  ///< indices into Fleet::nodes, ascending
  bool operator==(const FleetGroup&) const = default;
};

/// A check and the nodes on which it found something.
struct SharedFault {
  std::string_view check = {};
  Severity severity = {};               ///< the worst on any of them
  std::vector<std::size_t> nodes = {};  ///< indices into Fleet::nodes, ascending
  bool operator==(const SharedFault&) const = default;
};

/// Many nodes side by side.
struct Fleet {
  Verdict verdict = Verdict::unknown;
  std::string message = {};              ///< one line of ASCII, no quotes and no backslashes
  std::vector<FleetNode> nodes = {};     ///< in the order of their groups, then by name and file
  std::vector<FleetGroup> groups = {};   ///< the smallest first: the odd ones out
  std::vector<SharedFault> faults = {};  ///< worst first, then the most frequent
  std::vector<UnreadFile> unread = {};   ///< sorted
  /// Joined: one is in use when it is on any node, and without a match when it has none on all.
  std::vector<ExceptionUse> exceptions = {};
};

/// Keeps of a report what a fleet needs.
[[nodiscard]] FleetNode fleet_node(std::string file, const Report& report);

/// Puts them side by side. A known fault on any node is `fail` whatever else could not be read.
[[nodiscard]] Fleet compare_nodes(std::vector<FleetNode> nodes, std::vector<UnreadFile> unread);

/// For people: a table of node by component, the odd ones first; groups; findings; what could not
/// be read. Ends in a newline.
[[nodiscard]] std::string render_fleet_text(const Fleet& fleet, const TextStyle& style);

/// iptmode.fleet/1, as the report's JSON: fixed order of keys, valid UTF-8, final newline.
[[nodiscard]] std::string render_fleet_json(const Fleet& fleet);

}  // namespace iptmode
