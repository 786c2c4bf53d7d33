// SPDX-License-Identifier: GPL-2.0-or-later
#include <set>

#include <fmt/format.h>

#include "html/markup.h"
#include "html/parts.h"
#include "report/component_rows.h"

namespace iptmode::html {

namespace {

std::vector<std::string> cells_of(const report::Row& row) {
  std::vector<std::string> cells;
  for (const std::string& cell : row.cells) cells.push_back(markup_safe(cell));
  return cells;
}

Table::Row marked_row(const report::Row& row) {
  Table::Row result{.cells = cells_of(row)};
  if (!row.marked) return result;
  result.css_class = "marked";
  // For who cannot see the colour.
  result.cells.front() += R"( <span class="mark" title="a finding is about it">!</span>)";
  return result;
}

std::string kernel_table(const NetworkState& network, const KernelSupport& support,
                         std::string_view label) {
  Table result{.label = label,
               .titles = {"Backend", "Owner", "Chains", "Rules", "Tables"},
               .numbers = {2, 3}};
  for (const report::Row& row : report::kernel_rows(network, support))
    result.rows.push_back({.cells = cells_of(row)});
  return table(result);
}

std::string status_badge(CheckStatus status) {
  return fmt::format("<span class=\"badge {0}\">{0}</span>", to_string(status));
}

}  // namespace

std::string component_table(const Report& report) {
  Table result{
      .label = "Components and their iptables",
      .titles = {"Component", "PID", "Told", "iptables", "Version", "Binary", "In the kernel"},
      .numbers = {1}};
  for (const report::Row& row : report::component_rows(report))
    result.rows.push_back(marked_row(row));
  return "<p><em>Told</em> is what a component was told to use, <em>binary</em> what its next call "
         "of iptables will use, <em>in the kernel</em> where its own chains are now.</p>\n" +
         table(result);
}

std::string kernel_tables(const Report& report) {
  const Snapshot& snapshot = report.snapshot;
  std::string tables =
      kernel_table(snapshot.network(), snapshot.support, "Rules in the kernel, by owner");
  for (const NetworkState& network : snapshot.networks) {
    if (&network == &snapshot.network()) continue;
    const std::string label =
        fmt::format("Rules in network namespace {}", network.network_namespace);
    tables += fmt::format("<h3>Network namespace {}</h3>\n", network.network_namespace) +
              kernel_table(network, snapshot.support, label);
  }
  return tables;
}

std::string gap_list(const Report& report) {
  std::set<std::string> items;  // one cause can hide several facts
  std::string list;
  for (const Gap& gap : report.snapshot.gaps) {
    std::string item =
        fmt::format("<li><strong>{}</strong>: {}</li>\n", safe(gap.subject), safe(gap.reason));
    if (!items.insert(item).second) continue;
    list += item;
  }
  return list.empty() ? std::string{} : "<ul class=\"gaps\">\n" + list + "</ul>\n";
}

std::string check_table(const Report& report) {
  Table result{.label = "Every check and its result", .titles = {"Check", "Result", "Why"}};
  for (const CheckResult& check : report.checks)
    result.rows.push_back(
        {.cells = {fmt::format("<code>{}</code>", safe(check.id)), status_badge(check.status),
                   safe(check.message.empty() ? check.title : check.message)}});
  return table(result);
}

}  // namespace iptmode::html
