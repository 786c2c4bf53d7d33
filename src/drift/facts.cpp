// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include <fmt/format.h>

#include "drift/parts.h"
#include "iptmode/escape.h"

namespace iptmode {

namespace drift {

void add(Facts& facts, std::string_view subject, std::string_view aspect, std::string_view value) {
  constexpr std::size_t kLongest = 1024;  // a link chain has at most 40 paths, real ones have 4
  facts.insert({.subject = escape(shorten(subject, kLongest)),
                .aspect = escape(shorten(aspect, kLongest)),
                .value = escape(shorten(value, kLongest))});
}

}  // namespace drift

namespace {

using drift::add;
using drift::Facts;

void add_k0s(Facts& facts, const K0s& k0s) {
  add(facts, "k0s", "mode", k0s.mode.empty() ? "auto" : k0s.mode);
  if (!k0s.version.empty()) add(facts, "k0s", "version", k0s.version);
  if (!k0s.data_dir.empty()) add(facts, "k0s", "data directory", k0s.data_dir);
  add(facts, "k0s", "bin directory", k0s.bin_dir);
  drift::add_installation(facts, "k0s", k0s.installation);
}

void add_component(Facts& facts, const Component& component, const Snapshot& snapshot) {
  const bool in_node = component.in_node(snapshot.node.network_namespace);
  const std::string subject = fmt::format("{}{}", to_string(component.kind),
                                          in_node ? "" : " in another network namespace");
  if (component.impostor != ImpostorReason::none) {
    add(facts, subject, drift::kProcess,
        fmt::format("impostor: {}", to_string(component.impostor)));
    return;
  }
  add(facts, subject, drift::kProcess, "runs");
  add(facts, subject, "told", component.declared.mode);
  for (const auto& [key, value] : component.declared.settings)
    add(facts, subject, fmt::format("setting {}", key), value);
  for (const Backend backend : effective_backends(component, snapshot))
    add(facts, subject, drift::kInKernel, to_string(backend));
  if (component.installation) drift::add_installation(facts, subject, *component.installation);
}

// The chains of the CNI plugins are per pod: they come with the first one that has a host port and
// go with the last. Where they lie in the wrong backend, a finding says so.
bool lives_with_pods(OwnerSet owners) {
  return owners == OwnerSet{Owner::cni};
}

void add_network(Facts& facts, std::string_view place, const NetworkState& network) {
  for (const Backend backend : kAllBackends) {
    for (const OwnerUse& use : network.users_of(backend))
      if (use.rules + use.chains > 0 && !lives_with_pods(use.owners))
        add(facts, place, fmt::format("rules in {}", to_string(backend)), to_string(use.owners));
    if (network.hint_in(backend)) add(facts, place, "kubelet's hint", to_string(backend));
  }
  if (!network.nft) return;
  for (const NftTable& table : *network.nft)
    if (!table.compat && !lives_with_pods(table.table_owner))
      add(facts, place, "native nft tables", to_string(table.table_owner));
}

// Takes out each number that stands between the two, and with it as much of them as `kept` lacks.
void mask_between(std::string& text, std::string_view before, std::string_view after,
                  std::string_view kept) {
  for (std::size_t at = text.find(before); at != std::string::npos; at = text.find(before, at)) {
    const std::size_t number = at + before.size();
    const std::size_t end = std::min(text.find_first_not_of("0123456789", number), text.size());
    if (end == number || text.compare(end, after.size(), after) != 0) {
      at = number;
      continue;
    }
    text.replace(at, end + after.size() - at, kept);
    at += kept.size();
  }
}

// "kube-proxy (pid 1311) in net:[4026531840]" has numbers that change with every start. All others
// say what it is about: k0s, tcp 179, web-1.
std::string lasting_name(std::string_view subject) {
  std::string name{subject};
  mask_between(name, " (pid ", ")", "");
  mask_between(name, "net:[", "]", "net:[#]");
  return name;
}

// Gaps are facts of their own, and a note is no fault: it comes and goes with a rule.
void add_findings(Facts& facts, const std::vector<CheckResult>& checks) {
  for (const CheckResult& check : checks) {
    if (check.id == "incomplete") continue;
    for (const Finding& finding : check.findings)
      if (finding.severity != Severity::info)
        add(facts, drift::kFinding, fmt::format("{} {}", check.id, lasting_name(finding.subject)),
            fmt::format("{}{}", to_string(finding.severity),
                        finding.suppressed ? drift::kExcepted : ""));
  }
}

}  // namespace

std::vector<StableFact> stable_facts(const Snapshot& snapshot,
                                     const std::vector<CheckResult>& checks) {
  Facts facts;
  add(facts, "node", "role", to_string(snapshot.node.role));
  add(facts, "node", "distribution", to_string(snapshot.node.distribution));
  add(facts, "kernel", to_string(Backend::legacy), to_string(snapshot.support.legacy));
  add(facts, "kernel", to_string(Backend::nf_tables), to_string(snapshot.support.nft));
  if (snapshot.k0s) add_k0s(facts, *snapshot.k0s);
  if (snapshot.host) drift::add_installation(facts, "host", *snapshot.host);
  for (const Component& component : snapshot.components) add_component(facts, component, snapshot);
  for (const NetworkState& network : snapshot.networks) {
    const bool own = network.network_namespace == snapshot.node.network_namespace;
    add_network(facts, own ? "node" : "another network namespace", network);
  }
  if (snapshot.cross_reading && snapshot.cross_reading->skipped)
    add(facts, "node", drift::kNotRead, "not possible: " + *snapshot.cross_reading->skipped);
  for (const Gap& gap : snapshot.gaps)
    if (gap.hides) add(facts, drift::kUnseen, to_string(*gap.hides), "in part");
  add_findings(facts, checks);
  return {facts.begin(), facts.end()};
}

}  // namespace iptmode
