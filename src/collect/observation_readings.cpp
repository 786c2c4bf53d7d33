// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <functional>

#include "collect/observation.h"
#include "collect/reader_plan.h"

namespace iptmode::collect {

namespace {

using namespace std::chrono_literals;

constexpr auto kReadingTimeout = 10000ms;

/// To try programs in a table of that name loads nothing. Empty: there is none.
std::string a_legacy_ipv6_table(const NetworkState& network) {
  if (network.legacy)
    for (const LegacyTable& table : *network.legacy)
      if (table.family == IpFamily::ipv6) return table.name;
  return {};
}

}  // namespace

/// Trust: a container's program is run with a capability over a namespace of its own only where the
/// container already holds it over the node's; the host's and k0s' only where they are root's.
std::vector<ReaderRef> Observation::find_readers() const {
  ReaderPlan plan;
  if (snapshot_.k0s && k0s_) plan.add(k0s_->plan.place, snapshot_.k0s->installation, false, true);
  if (snapshot_.host) plan.add(host_->plan.place, *snapshot_.host, false, true);
  for (const RunningLook& look : looks_)
    for (const std::size_t index : look.plan.components) {
      const Component& component = found_[index].component;
      if (!component.installation || !component.in_node(node_place_.network)) continue;
      PlaceRef place = look.plan.place;
      place.label = label_of(component);
      plan.add(place, *component.installation, traits(component.kind).use == IptablesUse::by_name,
               component.mount_namespace == node_place_.mount);
    }
  return plan.take();
}

void Observation::start_cross_reading() {
  if (options_.cross_read == CrossReadWhen::never || sources_.readers == nullptr) return;
  const bool always = options_.cross_read == CrossReadWhen::always;
  if (!options_.run_programs) {
    if (always) snapshot_.cross_reading = CrossReading{.skipped = "no program is run (--no-exec)"};
    return;
  }
  const NetworkState& network = snapshot_.network();
  if (!network.nft) {
    if (always) snapshot_.cross_reading = CrossReading{.skipped = "the nft tables were not read"};
    return;
  }
  std::vector<ReaderRef> readers = find_readers();
  const std::string legacy_table = a_legacy_ipv6_table(network);
  if (legacy_table.empty()) std::erase_if(readers, std::mem_fn(&ReaderRef::legacy));
  if (!always) {
    keep_worth_asking(readers, *network.nft);
    if (readers.empty()) return;
  }
  cross_reading_ = sources_.readers->start(*network.nft, std::move(readers),
                                           {.every_bug = always,
                                            .legacy_ipv6_table = legacy_table,
                                            .timeout = deadline_.left(kReadingTimeout)});
}

void Observation::finish_cross_reading() {
  if (cross_reading_) snapshot_.cross_reading = cross_reading_->finish();
  cross_reading_.reset();
}

}  // namespace iptmode::collect
