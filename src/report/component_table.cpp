// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "iptmode/escape.h"
#include "report/component_rows.h"
#include "report/display.h"
#include "report/installation_words.h"
#include "report/ranking.h"
#include "report/sections.h"
#include "report/table.h"

namespace iptmode::report {

namespace {

constexpr std::array kColumns{
    Column{.title = "COMPONENT"},
    Column{.title = "PID", .drop_order = 2},
    Column{.title = "TOLD", .narrowest = 8, .drop_order = 1},
    Column{.title = "IPTABLES", .narrowest = 20, .drop_order = 3, .keep = Keep::tail},
    Column{.title = "VERSION", .drop_order = 4},
    Column{.title = "BINARY"},
    Column{.title = "IN THE KERNEL", .narrowest = 18}};

// What the iptables of one place is, in the four cells of the middle.
struct Middle {
  std::string path = "-";
  std::string version = "-";
  std::string backend = "-";
};

Middle middle_of(const Installation& installation) {
  const Program* primary = installation.primary();
  if (primary == nullptr) return {.path = "none", .version = "-", .backend = "-"};
  const std::string path = primary->chain.empty() ? primary->path : primary->resolved();
  return {.path = escape(path),
          .version = version_word(primary, "-"),
          .backend = std::string{state_word(primary)}};
}

Middle middle_of(const std::optional<Installation>& installation, bool expected) {
  if (installation) return middle_of(*installation);
  return expected ? Middle{.path = "not seen", .version = "?", .backend = "?"} : Middle{};
}

std::string told(const Declared& declared) {
  const bool nothing =
      declared.mode.empty() || (declared.mode == "auto" && declared.settings.empty());
  return nothing ? "-" : escape(declared.mode);
}

bool was_read(const NetworkState& network, Backend backend) {
  return backend == Backend::legacy ? network.legacy.has_value() : network.nft.has_value();
}

std::string not_read(const NetworkState& network) {
  const bool legacy = was_read(network, Backend::legacy);
  const bool nft = was_read(network, Backend::nf_tables);
  if (legacy && nft) return {};
  if (!legacy && !nft) return "not read";
  return fmt::format("{} not read", to_string(legacy ? Backend::nf_tables : Backend::legacy));
}

std::uint64_t rules_of(OwnerSet owner, Backend backend, const NetworkState& network) {
  std::uint64_t rules = network.use_of(owner, backend).rules;
  if (backend == Backend::nf_tables && network.nft)
    for (const NftTable& table : *network.nft)
      if (!table.compat && table.table_owner == owner) rules += table.rules;
  return rules;
}

std::string counted(Backend backend, std::uint64_t rules) {
  return fmt::format("{}, {} rule{}", to_string(backend), rules, rules == 1 ? "" : "s");
}

std::string hints_in(const NetworkState& network) {
  std::vector<std::string_view> backends;
  for (const Backend backend : kAllBackends)
    if (network.hint_in(backend)) backends.push_back(to_string(backend));
  return backends.empty() ? std::string{} : fmt::format("hint in {}", fmt::join(backends, " and "));
}

std::string in_the_kernel(const Component& component, const Snapshot& snapshot) {
  const ComponentTraits& row = traits(component.kind);
  const NetworkState* network = snapshot.network_of(component.network_namespace);
  if (row.owner.empty()) return "-";
  if (network == nullptr) return "not read";
  if (component.kind == ComponentKind::kubelet)
    if (std::string hints = hints_in(*network); !hints.empty()) return hints;
  std::vector<std::string> parts;
  for (const Backend backend : effective_backends(component, snapshot))
    parts.push_back(counted(backend, rules_of(row.owner, backend, *network)));
  if (const std::string unread = not_read(*network); !unread.empty()) parts.push_back(unread);
  return parts.empty() ? "nothing" : fmt::format("{}", fmt::join(parts, "; "));
}

std::string_view why_not(ImpostorReason reason) {
  switch (reason) {
    case ImpostorReason::none: return "";
    case ImpostorReason::other_network: return "in a network namespace without a node";
    case ImpostorReason::no_net_admin: return "without CAP_NET_ADMIN";
    case ImpostorReason::other_user_namespace: return "in another user namespace";
  }
  return "";
}

// Who is a program of the host's own without a row of its own here: ufw and netavark are commands,
// the others are listed while they run.
bool is_of_the_host(OwnerSet owners, const Snapshot& snapshot) {
  constexpr std::array kHostOwners{Owner::docker,   Owner::firewalld, Owner::ufw,
                                   Owner::fail2ban, Owner::tailscale, Owner::keepalived,
                                   Owner::netavark, Owner::libvirt};
  const bool known =
      std::ranges::any_of(kHostOwners, [&](Owner owner) { return owners == OwnerSet{owner}; });
  return known && std::ranges::none_of(snapshot.components, [&](const Component& component) {
           return component.in_node(snapshot.node.network_namespace) &&
                  traits(component.kind).owner == owners;
         });
}

std::string of_the_host(const Snapshot& snapshot) {
  const NetworkState& network = snapshot.network();
  std::vector<std::string> parts;
  for (const Backend backend : kAllBackends)
    for (const OwnerUse& use : network.users_of(backend))
      if (use.rules > 0 && is_of_the_host(use.owners, snapshot))
        parts.push_back(
            fmt::format("{} of {}", counted(backend, use.rules), to_string(use.owners)));
  if (const std::string unread = not_read(network); !unread.empty()) parts.push_back(unread);
  return parts.empty() ? "-" : fmt::format("{}", fmt::join(parts, "; "));
}

// A row is marked when a finding that asks for something is about it.
bool is_marked(std::string_view name, const Report& report) {
  return worst_about(name, report.checks) >= Severity::warning;
}

Row row_of(const Component& component, const Report& report) {
  const ComponentTraits& about = traits(component.kind);
  const bool expected = about.use == IptablesUse::by_link || about.use == IptablesUse::by_name;
  const Middle middle = middle_of(component.installation, expected);
  return {.cells = {std::string{about.name}, std::to_string(component.pid),
                    told(component.declared), middle.path, middle.version, middle.backend,
                    in_the_kernel(component, report.snapshot)},
          .marked = is_marked(fmt::format("{} (pid {})", about.name, component.pid), report)};
}

Row row_of_k0s(const K0s& k0s, const Report& report) {
  const auto& components = report.snapshot.components;
  const auto process = std::ranges::find_if(components, [&](const Component& component) {
    return component.kind == ComponentKind::k0s &&
           component.in_node(report.snapshot.node.network_namespace);
  });
  const bool runs = process != components.end();
  const Middle middle = middle_of(k0s.installation);
  return {.cells = {"k0s", runs ? std::to_string(process->pid) : "-",
                    k0s.mode.empty() ? "-" : escape(k0s.mode), middle.path, middle.version,
                    middle.backend, runs ? "-" : "not running"},
          .marked = is_marked("k0s", report)};
}

Row row_of_host(const Report& report) {
  const Middle middle = middle_of(report.snapshot.host, true);
  return {.cells = {"host", "-", "-", middle.path, middle.version, middle.backend,
                    of_the_host(report.snapshot)},
          .marked = is_marked("host", report)};
}

}  // namespace

std::vector<Row> component_rows(const Report& report) {
  const Snapshot& snapshot = report.snapshot;
  std::vector<Row> rows;
  if (snapshot.k0s) rows.push_back(row_of_k0s(*snapshot.k0s, report));
  for (const Component& component : snapshot.components) {
    if (!component.in_node(snapshot.node.network_namespace)) continue;
    if (component.kind == ComponentKind::k0s && snapshot.k0s) continue;
    rows.push_back(row_of(component, report));
  }
  rows.push_back(row_of_host(report));
  return rows;
}

namespace {

void append(Lines& lines, const Lines& more) {
  lines.insert(lines.end(), more.begin(), more.end());
}

void append_other_networks(Lines& lines, const Report& report, const Canvas& canvas) {
  std::map<NamespaceId, std::vector<Row>> others;
  for (const Component& component : report.snapshot.components)
    if (component.impostor == ImpostorReason::none &&
        component.network_namespace != report.snapshot.node.network_namespace)
      others[component.network_namespace].push_back(row_of(component, report));
  for (const auto& [id, rows] : others) {
    lines.emplace_back();
    lines.push_back(fmt::format("another node, in network namespace {}:", id));
    append(lines, lay_out(kColumns, rows, canvas.width, canvas.paint));
  }
}

}  // namespace

Lines component_lines(const Report& report, const Canvas& canvas) {
  Lines lines = lay_out(kColumns, component_rows(report), canvas.width, canvas.paint);
  append_other_networks(lines, report, canvas);
  for (const Component& component : report.snapshot.components)
    if (component.impostor != ImpostorReason::none)
      append(lines, wrap_after("not counted: ",
                               fmt::format("{} (pid {}): {}", traits(component.kind).name,
                                           component.pid, why_not(component.impostor)),
                               canvas.width));
  return lines;
}

}  // namespace iptmode::report
