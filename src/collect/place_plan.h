// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "collect/sources.h"
#include "iptmode/snapshot.h"

namespace iptmode::collect {

/// One look into one place, for everybody who sees the same there.
struct PlannedLook {
  PlaceRef place = {};
  std::string root = {};  ///< root directory of the process, as its link says; tells chroots apart
  std::vector<std::string> search_path = {};
  std::vector<std::string> text_files = {};
  std::vector<std::size_t> components = {};  ///< indices into the list of components
};

/// What a look found, and a component's own view of it.
struct LookedAt {
  PlannedLook plan = {};
  std::unique_ptr<Look> look = {};               ///< absent: it could not be started
  std::optional<probe::ProbeReport> report = {};  ///< present once it is finished and succeeded
};

/// Collects the looks that are needed, and joins those into the same mount namespace and root
/// directory with the same search path.
class PlacePlan {
 public:
  /// More places than this are not looked at: a node has about ten.
  static constexpr std::size_t kMaxPlaces = 48;

  /// Returns the index of the look that serves it; nothing when there are too many.
  std::optional<std::size_t> add(PlannedLook wanted);
  [[nodiscard]] const std::vector<PlannedLook>& looks() const { return looks_; }

 private:
  std::vector<PlannedLook> looks_;
};

/// Whether a component's place is looked at: it runs iptables, or its settings are in a file there.
[[nodiscard]] bool is_looked_at(const FoundComponent& found);

/// "kube-proxy (pid 1311)"
[[nodiscard]] std::string label_of(const Component& component);

}  // namespace iptmode::collect
