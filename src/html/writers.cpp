// SPDX-License-Identifier: GPL-2.0-or-later
#include "html/writers.h"

#include <algorithm>

#include <fmt/format.h>

#include "report/installation_words.h"
#include "report/ranking.h"

namespace iptmode::html {

namespace {

std::string rules(std::uint64_t count) {
  return fmt::format("{} rule{}", count, count == 1 ? "" : "s");
}

std::uint64_t rules_of(OwnerSet owner, Backend backend, const NetworkState& network) {
  std::uint64_t count = network.use_of(owner, backend).rules;
  if (backend == Backend::nf_tables && network.nft)
    for (const NftTable& table : *network.nft)
      if (!table.compat && table.table_owner == owner) count += table.rules;
  return count;
}

/// What a place's iptables is, in words, and where it writes.
void describe(const Installation& installation, Writer& writer) {
  const Program* primary = installation.primary();
  if (primary == nullptr) {
    writer.detail = "no iptables";
    return;
  }
  writer.next = primary->identity().backend;
  writer.detail = fmt::format("iptables {}", report::version_word(primary, "?"));
  if (!writer.next) writer.detail += fmt::format(", {}", report::state_word(primary));
}

void add_held(const Component& component, const Snapshot& snapshot, Writer& writer) {
  const NetworkState& network = snapshot.network();
  const OwnerSet owner = traits(component.kind).owner;
  for (const Backend backend : effective_backends(component, snapshot))
    writer.held[backend] = rules(rules_of(owner, backend, network));
  if (component.kind != ComponentKind::kubelet) return;
  for (const Backend backend : kAllBackends)
    if (network.hint_in(backend)) writer.held[backend] = "its hint";
}

Writer writer_of(const Component& component, const Report& report) {
  const ComponentTraits& about = traits(component.kind);
  Writer writer{.name = std::string{about.name}};
  if (component.installation) describe(*component.installation, writer);
  // Calico's agent picks iptables-nft or iptables-legacy by name: its link says nothing.
  if (about.use == IptablesUse::by_name) writer.next = component.declared.backend;
  if (component.declared.native_nft) writer.next = Backend::nf_tables;
  add_held(component, report.snapshot, writer);
  writer.detail += fmt::format("{}pid {}", writer.detail.empty() ? "" : ", ", component.pid);
  writer.fault =
      report::worst_about(fmt::format("{} (pid {})", about.name, component.pid), report.checks);
  return writer;
}

Writer writer_of_place(std::string name, const Installation& installation, const Report& report) {
  Writer writer{.name = std::move(name)};
  describe(installation, writer);
  writer.fault = report::worst_about(writer.name, report.checks);
  return writer;
}

std::vector<OwnerUse> users_of(Backend backend, const NetworkState& network) {
  std::vector<OwnerUse> users = network.users_of(backend);
  if (backend == Backend::nf_tables && network.nft)
    for (const NftTable& table : *network.nft)
      if (!table.compat)
        users.push_back(
            {.owners = table.table_owner, .chains = table.chains, .rules = table.rules});
  std::ranges::stable_sort(users, std::greater<>{}, &OwnerUse::rules);
  return users;
}

Holder holder_of(Backend backend, const Report& report) {
  const NetworkState& network = report.snapshot.network();
  const bool legacy = backend == Backend::legacy;
  Holder holder{.backend = backend};
  if (legacy ? !network.legacy : !network.nft) {
    holder.state = "not read";
    return holder;
  }
  std::uint64_t total = 0;
  for (const OwnerUse& use : users_of(backend, network)) {
    total += use.rules;
    if (use.rules > 0)
      holder.owners.push_back(fmt::format("{}: {}", to_string(use.owners), rules(use.rules)));
  }
  const Support support = legacy ? report.snapshot.support.legacy : report.snapshot.support.nft;
  holder.state = total > 0                ? rules(total)
                 : support == Support::no ? "not in this kernel"
                                          : "no rules";
  return holder;
}

}  // namespace

std::vector<Writer> writers_of(const Report& report) {
  const Snapshot& snapshot = report.snapshot;
  std::vector<Writer> writers;
  if (snapshot.k0s) writers.push_back(writer_of_place("k0s", snapshot.k0s->installation, report));
  for (const Component& component : snapshot.components) {
    if (!component.in_node(snapshot.node.network_namespace)) continue;
    if (component.kind == ComponentKind::k0s && snapshot.k0s) continue;
    Writer writer = writer_of(component, report);
    if (component.installation || !writer.held.empty()) writers.push_back(std::move(writer));
  }
  if (snapshot.host) writers.push_back(writer_of_place("host", *snapshot.host, report));
  return writers;
}

std::vector<Holder> holders_of(const Report& report) {
  return {holder_of(Backend::legacy, report), holder_of(Backend::nf_tables, report)};
}

}  // namespace iptmode::html
