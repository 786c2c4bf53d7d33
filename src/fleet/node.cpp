// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <set>
#include <utility>

#include "iptmode/fleet.h"
#include "report/installation_words.h"

namespace iptmode {

namespace {

using Components = std::set<FleetComponent>;

// A place without iptables is no place with an unknown one.
void add(Components& components, std::string_view name, const Installation& installation) {
  const Program* primary = installation.primary();
  if (primary == nullptr) return;
  components.insert({.name = std::string{name},
                     .backend = std::string{report::backend_word(primary)},
                     .version = report::version_word(primary, "")});
}

std::vector<FleetComponent> components_of(const Snapshot& snapshot) {
  Components components;
  if (snapshot.k0s) add(components, "k0s", snapshot.k0s->installation);
  if (snapshot.host) add(components, "host", *snapshot.host);
  for (const Component& component : snapshot.components) {
    const bool counts = component.in_node(snapshot.node.network_namespace);
    if (counts && component.kind != ComponentKind::k0s && component.installation)
      add(components, to_string(component.kind), *component.installation);
  }
  return {components.begin(), components.end()};
}

std::optional<Severity> worst_of(const CheckResult& check) {
  std::optional<Severity> worst;
  for (const Finding& finding : check.findings)
    if (!finding.suppressed) worst = std::max(worst.value_or(finding.severity), finding.severity);
  return worst;
}

}  // namespace

FleetNode fleet_node(std::string file, const Report& report) {
  FleetNode node{.file = std::move(file),
                 .hostname = report.snapshot.node.hostname,
                 .taken_at = report.snapshot.taken_at,
                 .verdict = report.verdict,
                 .message = report.message,
                 .fingerprint = report.fingerprint,
                 .components = components_of(report.snapshot),
                 .suppressed = report.summary.suppressed,
                 .exceptions = report.exceptions};
  for (const CheckResult& check : report.checks)
    if (const auto severity = worst_of(check))
      node.faults.push_back({.check = check.id, .severity = *severity});
  return node;
}

}  // namespace iptmode
