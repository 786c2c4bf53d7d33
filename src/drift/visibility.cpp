// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <array>

#include "drift/parts.h"

namespace iptmode::drift {

namespace {

constexpr std::array kAllAreas{
    Fact::processes,     Fact::k0s,          Fact::host_iptables, Fact::installations,
    Fact::declared,      Fact::legacy_rules, Fact::nft_rules,     Fact::kernel_support,
    Fact::host_settings, Fact::firewalld,    Fact::node_networks, Fact::host_writers,
    Fact::listeners,     Fact::packet_path};

// A process that was not seen takes everything about its component with it.
std::set<Fact> areas_of_component(const StableFact& fact) {
  if (fact.aspect == kProcess) return {Fact::processes};
  if (fact.aspect == "told" || fact.aspect.starts_with("setting "))
    return {Fact::processes, Fact::declared};
  if (fact.aspect == kInKernel)
    return {Fact::processes,
            fact.value == to_string(Backend::legacy) ? Fact::legacy_rules : Fact::nft_rules};
  return {Fact::processes, Fact::installations};
}

std::set<Fact> areas_of_finding(const StableFact& fact) {
  const Check* const check = find_check(fact.aspect.substr(0, fact.aspect.find(' ')));
  if (check == nullptr) return {kAllAreas.begin(), kAllAreas.end()};
  std::set<Fact> areas{check->needs.begin(), check->needs.end()};
  areas.insert(Fact::processes);  // whom it is about
  return areas;
}

std::set<Fact> areas_of_network(const StableFact& fact) {
  if (fact.aspect == "role" || fact.aspect == "distribution") return {Fact::processes, Fact::k0s};
  const std::string legacy{to_string(Backend::legacy)};
  const bool in_legacy = fact.aspect.ends_with(" " + legacy) || fact.value == legacy;
  return {in_legacy ? Fact::legacy_rules : Fact::nft_rules};
}

std::set<Fact> areas_of(const StableFact& fact) {
  if (fact.subject == kFinding) return areas_of_finding(fact);
  if (fact.subject == "kernel") return {Fact::kernel_support};
  if (fact.subject == "host") return {Fact::host_iptables};
  if (fact.subject == "node" || fact.subject == "another network namespace")
    return areas_of_network(fact);
  std::set<Fact> areas = areas_of_component(fact);
  if (fact.subject == "k0s") areas.insert(Fact::k0s);  // its files and its process
  return areas;
}

}  // namespace

std::set<Fact> unseen_areas(const std::vector<StableFact>& facts) {
  std::set<Fact> areas;
  for (const StableFact& fact : facts)
    for (const Fact area : kAllAreas)
      if (fact.subject == kUnseen && fact.aspect == to_string(area)) areas.insert(area);
  return areas;
}

bool is_hidden(const StableFact& fact, const std::set<Fact>& areas) {
  return std::ranges::any_of(areas_of(fact), [&](Fact area) { return areas.contains(area); });
}

bool rests_on_readings(const StableFact& fact) {
  return fact.subject == kFinding && fact.aspect.starts_with("reader_");
}

bool says_nothing(std::string_view value) {
  return value == "unknown" || value == "unreadable" || value.ends_with("unknown version");
}

}  // namespace iptmode::drift
