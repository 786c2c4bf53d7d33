// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "iptmode/result.h"
#include "iptmode/snapshot.h"

namespace iptmode::collect {

/// What k0s says of itself on its status socket (k0sproject/k0s, pkg/component/status).
struct K0sStatus {
  std::string version = {};  ///< "v1.32.4+k0s.0"
  NodeRole role = NodeRole::none;
  std::vector<std::string> arguments = {};  ///< its command line, program name first
  std::string bin_dir = {};
  std::string data_dir = {};
  bool operator==(const K0sStatus&) const = default;
};

/// Reads the answer to GET /status. Keys are compared without case, because a Go struct without
/// tags today may get some tomorrow; a missing key is an empty field. Only a JSON object that says
/// at least one thing about k0s is an answer: anything else is a parse_error.
[[nodiscard]] Result<K0sStatus> parse_k0s_status(std::string_view body);

/// "v1.32.4+k0s.0" in a path or an argument, as versioned installs have it.
[[nodiscard]] std::optional<std::string> k0s_version_in(std::string_view text);

}  // namespace iptmode::collect
