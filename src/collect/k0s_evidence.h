// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collect/discovery.h"
#include "collect/k0s_status.h"
#include "iptmode/snapshot.h"

namespace iptmode::collect {

/// All that can tell where k0s keeps its files and what it is on this node.
struct K0sEvidence {
  std::string data_dir_option = {};  ///< this program's own --data-dir
  std::optional<K0sStatus> status = {};
  const FoundComponent* k0s = nullptr;      ///< borrowed; the running k0s of the node
  const FoundComponent* kubelet = nullptr;  ///< borrowed; the kubelet of the node
};

/// The k0s and the kubelet of the node's own domain among `components`.
[[nodiscard]] K0sEvidence evidence_in(const std::vector<FoundComponent>& components,
                                      NamespaceId node_network);

/// A directory that may be k0s' bin directory.
struct K0sLocation {
  std::string data_dir = {};  ///< empty when only the bin directory is known
  std::string bin_dir = {};
  std::string found_by = {};  ///< see K0s::found_by
  bool operator==(const K0sLocation&) const = default;
};

/// The candidates, best first: the option (then nothing else), the status socket, --data-dir of the
/// running k0s, the directory of a kubelet that k0s started, k0s' default, embedded cluster's.
[[nodiscard]] std::vector<K0sLocation> k0s_locations(const K0sEvidence& evidence);

/// The first candidate that exists. Where none does, the first one if something says that k0s is
/// here (the option, the socket, a process), else nothing.
[[nodiscard]] std::optional<K0sLocation> choose_location(
    const K0sEvidence& evidence, const std::function<bool(const std::string&)>& exists);

/// What k0s is, but for its installation.
[[nodiscard]] K0s describe_k0s(const K0sEvidence& evidence, const K0sLocation& location);

/// From the status socket, else from k0s' subcommand, else a machine with a kubelet is a worker.
[[nodiscard]] NodeRole node_role(const K0sEvidence& evidence);

/// Replicated's embedded cluster is k0s under another data directory.
[[nodiscard]] Distribution distribution_of(const K0sEvidence& evidence,
                                           const std::optional<K0sLocation>& location);

}  // namespace iptmode::collect
