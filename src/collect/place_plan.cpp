// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/place_plan.h"

#include <algorithm>

#include "collect/declared_settings.h"

namespace iptmode::collect {

namespace {

bool same_view(const PlannedLook& a, const PlannedLook& b) {
  return a.place.mount == b.place.mount && a.root == b.root && a.search_path == b.search_path;
}

}  // namespace

bool PlacePlan::add(PlannedLook wanted) {
  const auto known = std::ranges::find_if(
      looks_, [&](const PlannedLook& look) { return same_view(look, wanted); });
  if (known == looks_.end()) {
    if (looks_.size() >= kMaxPlaces) return false;
    looks_.push_back(std::move(wanted));
    return true;
  }
  known->components.insert(known->components.end(), wanted.components.begin(),
                           wanted.components.end());
  for (std::string& file : wanted.text_files)
    if (std::ranges::find(known->text_files, file) == known->text_files.end())
      known->text_files.push_back(std::move(file));
  return true;
}

bool is_looked_at(const FoundComponent& found) {
  if (found.component.impostor != ImpostorReason::none) return false;
  const IptablesUse use = traits(found.component.kind).use;
  return use == IptablesUse::by_link || use == IptablesUse::by_name ||
         !settings_files(found.component.kind, found.arguments).empty();
}

std::string label_of(const Component& component) {
  return std::string{to_string(component.kind)}
      .append(" (pid ")
      .append(std::to_string(component.pid))
      .append(")");
}

}  // namespace iptmode::collect
