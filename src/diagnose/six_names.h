// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "iptmode/finding.h"
#include "iptmode/installation.h"

namespace iptmode::checks {

/// What the six names of one place lead to.
struct SixNames {
  std::vector<const Program*> found = {};
  std::vector<std::string> missing = {};
  std::vector<std::string> dangling = {};
  std::set<Backend> ipv4 = {};
  std::set<Backend> ipv6 = {};
  std::set<Version> versions = {};
  std::set<std::string> directories = {};
  bool wrapper = false;  ///< one of them leads to a wrapper that has not chosen yet
  bool chosen = false;   ///< one of them leads to a program
};

[[nodiscard]] SixNames names_of(const Installation& installation);

/// The directory part of an absolute path.
[[nodiscard]] std::string directory_of(const std::string& path);

/// Why six names of one place are not one program.
struct SixNamesFault {
  Severity severity = {};
  std::string message = {};
};

/// The worst fault that the names have by themselves, whatever place it is.
[[nodiscard]] std::optional<SixNamesFault> fault_of(const SixNames& names);

}  // namespace iptmode::checks
