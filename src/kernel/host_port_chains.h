// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace iptmode::kernel {

inline constexpr std::size_t kMaxHostPorts = 1024;  ///< of one table; a node has 110 pods
/// The native table of the CNI plugin portmap; each of its rules has the container's id as comment.
inline constexpr std::string_view kHostPortTable = "cni_hostport";

inline void note_host_port(std::string_view key, std::vector<std::string>& keys) {
  if (key.empty() || keys.size() >= kMaxHostPorts) return;
  if (keys.empty() || keys.back() != key) keys.emplace_back(key);
}

/// Keeps the name of a chain that portmap made for one container.
inline void note_host_port_chain(std::string_view chain, std::vector<std::string>& keys) {
  if (chain.starts_with("CNI-DN-")) note_host_port(chain, keys);
}

/// Sorted, each once.
inline void sort_host_ports(std::vector<std::string>& keys) {
  std::ranges::sort(keys);
  // Not std::ranges::unique: clang 14 cannot compile libstdc++ 12's subrange.
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
}

}  // namespace iptmode::kernel
