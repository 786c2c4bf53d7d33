// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <map>
#include <string>
#include <vector>

#include "iptmode/installation.h"
#include "iptmode/result.h"

namespace iptmode::probe {

inline constexpr std::size_t kMaxProgramFile = std::size_t{16} << 20U;
inline constexpr std::size_t kMaxTextFile = std::size_t{64} << 10U;
inline constexpr std::size_t kMaxTextTotal = std::size_t{128} << 10U;
inline constexpr std::size_t kMaxTextFiles = 16;
inline constexpr std::size_t kMaxProblems = 64;

/// What is asked of a reader.
struct ReadRequest {
  std::vector<std::string> search_path = {};
  std::vector<std::string> text_files = {};
};

/// What a reader found in its root directory.
struct PlaceContents {
  Installation installation = {};
  std::map<std::string, Result<std::string>> text_files = {};
  std::vector<std::string> problems = {};
  bool denied = false;  ///< a permission was missing somewhere: another user could see more
};

/// Looks up all_program_names() as execvp(3) would, follows each to its file and identifies that
/// one, once for each file; libnftables where there is no nft. Sees "/" as the place's root and
/// touches whatever lies there, so: only inside a sandbox. Opens regular files only, for reading,
/// and keeps no access time (the mounts are read-only).
[[nodiscard]] PlaceContents read_place(const ReadRequest& request);

}  // namespace iptmode::probe
