// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

namespace iptmode::bundle {

/// A file of a bundle.
struct Item {
  std::string path = {};     ///< "rules/legacy-ipv4.save"
  std::string about = {};    ///< what it is, in words
  std::string content = {};  ///< raw bytes
  std::string cut = {};      ///< why it is not all there; empty: it is
};

/// What should have been in it.
struct Missing {
  std::string path = {};
  std::string reason = {};
};

/// What was gathered beside the snapshot.
struct Evidence {
  std::vector<Item> items = {};
  std::vector<Missing> missing = {};
};

}  // namespace iptmode::bundle
