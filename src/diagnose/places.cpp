// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnose/places.h"

#include "diagnose/domains.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {

std::vector<NamedPlace> places_of(const Snapshot& snapshot) {
  std::vector<NamedPlace> places;
  if (snapshot.k0s)
    places.push_back(
        {.subject = subject_of(*snapshot.k0s), .installation = &snapshot.k0s->installation});
  if (snapshot.host)
    places.push_back({.subject = std::string{kHostSubject}, .installation = &*snapshot.host});
  for (const Component* component : members_of(snapshot))
    if (component->installation)
      places.push_back({.subject = subject_of(*component),
                        .installation = &*component->installation,
                        .component = component});
  return places;
}

bool same_file(const Program& a, const Program& b) {
  if (a.inode != 0 && b.inode != 0) return a.inode == b.inode && a.device == b.device;
  return !a.resolved().empty() && a.resolved() == b.resolved();
}

}  // namespace iptmode::checks
