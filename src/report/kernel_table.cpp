// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "iptmode/escape.h"
#include "report/component_rows.h"
#include "report/sections.h"
#include "report/table.h"

namespace iptmode::report {

namespace {

constexpr std::array kColumns{Column{.title = "KERNEL"}, Column{.title = "OWNER", .narrowest = 12},
                              Column{.title = "CHAINS", .drop_order = 1}, Column{.title = "RULES"},
                              Column{.title = "TABLES", .narrowest = 16, .drop_order = 2}};

/// What one owner holds in one backend, over all tables.
struct Holding {
  std::uint64_t chains = 0;
  std::uint64_t rules = 0;
  std::vector<std::string> tables = {};
};

// Sorted by owner; what nobody is known for comes last.
struct ByOwner {
  bool operator()(const OwnerSet& a, const OwnerSet& b) const {
    if (a.empty() != b.empty()) return b.empty();
    return a < b;
  }
};
using Holdings = std::map<OwnerSet, Holding, ByOwner>;

void add(Holding& holding, const OwnerUse& use, std::string table) {
  holding.chains += use.chains;
  holding.rules += use.rules;
  holding.tables.push_back(std::move(table));
}

bool holds(const OwnerUse& use) {
  return use.chains + use.rules > 0;
}

std::string name_of(const LegacyTable& table) {
  return (table.family == IpFamily::ipv4 ? "ip " : "ip6 ") + escape(table.name);
}

std::string name_of(const NftTable& table) {
  return fmt::format("{} {}", escape(table.family), escape(table.name));
}

Holdings holdings_of(const std::vector<LegacyTable>& tables) {
  Holdings holdings;
  for (const LegacyTable& table : tables)
    for (const OwnerUse& use : table.owners)
      if (holds(use)) add(holdings[use.owners], use, name_of(table));
  return holdings;
}

Holdings holdings_of(const std::vector<NftTable>& tables) {
  Holdings holdings;
  for (const NftTable& table : tables) {
    const std::string name = name_of(table);
    if (!table.compat) {
      const OwnerUse all{.owners = table.table_owner, .chains = table.chains, .rules = table.rules};
      add(holdings[table.table_owner], all, name + " (native)");
      continue;
    }
    for (const OwnerUse& use : table.owners)
      if (holds(use)) add(holdings[use.owners], use, name);
  }
  return holdings;
}

void append_rows(std::vector<Row>& rows, Backend backend, const Holdings& holdings) {
  for (const auto& [owners, holding] : holdings)
    rows.push_back({.cells = {std::string{to_string(backend)}, to_string(owners),
                              std::to_string(holding.chains), std::to_string(holding.rules),
                              fmt::format("{}", fmt::join(holding.tables, ", "))}});
}

void append_note(std::vector<Row>& rows, Backend backend, std::string_view note) {
  rows.push_back({.cells = {std::string{to_string(backend)}, std::string{note}, "", "", ""}});
}

// A table without a rule still drops what its base chains drop by their policy.
template <class Table>
void append_policies(std::vector<Row>& rows, Backend backend, const std::vector<Table>& tables) {
  for (const Table& table : tables) {
    if (std::ranges::any_of(table.owners, holds)) continue;
    std::vector<std::string> chains;
    for (const BaseChain& base : table.base_chains)
      if (base.policy == "drop") chains.push_back(escape(base.name));
    if (!chains.empty())
      rows.push_back({.cells = {std::string{to_string(backend)},
                                fmt::format("policy drop: {}", fmt::join(chains, ", ")), "0", "0",
                                name_of(table)}});
  }
}

template <class Table>
void append_backend(std::vector<Row>& rows, Backend backend,
                    const std::optional<std::vector<Table>>& tables, Support support) {
  if (!tables) return append_note(rows, backend, "not read");
  const std::size_t before = rows.size();
  append_rows(rows, backend, holdings_of(*tables));
  append_policies(rows, backend, *tables);
  if (rows.size() > before) return;
  if (support == Support::no) return append_note(rows, backend, "not in this kernel");
  append_note(rows, backend, tables->empty() ? "no tables" : "empty tables");
}

Lines lines_of(const NetworkState& network, const KernelSupport& support, const Canvas& canvas) {
  return lay_out(kColumns, kernel_rows(network, support), canvas.width, canvas.paint);
}

}  // namespace

std::vector<Row> kernel_rows(const NetworkState& network, const KernelSupport& support) {
  std::vector<Row> rows;
  append_backend(rows, Backend::legacy, network.legacy, support.legacy);
  append_backend(rows, Backend::nf_tables, network.nft, support.nft);
  return rows;
}

Lines kernel_lines(const Report& report, const Canvas& canvas) {
  const Snapshot& snapshot = report.snapshot;
  Lines lines = lines_of(snapshot.network(), snapshot.support, canvas);
  for (const NetworkState& network : snapshot.networks) {
    if (&network == &snapshot.network()) continue;
    lines.emplace_back();
    lines.push_back(fmt::format("network namespace {}:", network.network_namespace));
    const Lines more = lines_of(network, snapshot.support, canvas);
    lines.insert(lines.end(), more.begin(), more.end());
  }
  return lines;
}

}  // namespace iptmode::report
