// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace iptmode::archive {

/// A file in an archive.
struct Entry {
  std::string path = {};  ///< relative, "/" between its parts
  std::string content = {};
};

}  // namespace iptmode::archive
