// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace iptmode::testing {

inline std::filesystem::path golden_path(const std::string& name) {
  return std::filesystem::path{IPTMODE_TEST_DATA}.parent_path() / "golden" / "report" / name;
}

/// The expected bytes. With IPTMODE_UPDATE_GOLDEN=1 `actual` becomes what is expected, for a review
/// of the difference.
inline std::string golden(const std::string& name, const std::string& actual) {
  if (std::getenv("IPTMODE_UPDATE_GOLDEN") != nullptr)
    std::ofstream{golden_path(name), std::ios::binary} << actual;
  std::ifstream file{golden_path(name), std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
}

}  // namespace iptmode::testing
