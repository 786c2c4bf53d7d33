// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "collect/sources.h"
#include "iptmode/component.h"

namespace iptmode::collect {

/// One look into one place, for everybody who sees the same there.
struct PlannedLook {
  PlaceRef place = {};
  std::string root = {};  ///< root directory of the process, as its link says: tells chroots apart
  std::vector<std::string> search_path = {};
  std::vector<std::string> text_files = {};
  std::vector<std::size_t> components = {};  ///< whose look it is: indices that the caller chose
};

/// Collects the looks that are needed, and joins those into the same mount namespace and root
/// directory with the same search path.
class PlacePlan {
 public:
  /// More places than this are not looked at: a node has about ten, and each costs children.
  static constexpr std::size_t kMaxPlaces = 48;

  /// False when there are too many already.
  [[nodiscard]] bool add(PlannedLook wanted);
  [[nodiscard]] std::vector<PlannedLook> take() { return std::move(looks_); }

 private:
  std::vector<PlannedLook> looks_;
};

/// Whether a component's place is looked at: it counts, and it runs iptables or has a settings file
/// there.
[[nodiscard]] bool is_looked_at(const FoundComponent& found);

/// "kube-proxy (pid 1311)"
[[nodiscard]] std::string label_of(const Component& component);

}  // namespace iptmode::collect
