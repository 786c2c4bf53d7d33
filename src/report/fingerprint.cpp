// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/fingerprint.h"

#include <cctype>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "iptmode/escape.h"
#include "report/installation_words.h"
#include "report/sha256.h"

namespace iptmode::report {

namespace {

// Lines are sorted and unique, so that two pods of one image are one fact.
using Lines = std::set<std::string>;

std::vector<std::string> escaped(const std::vector<std::string>& texts) {
  std::vector<std::string> result;
  for (const std::string& text : texts) result.push_back(escape(text));
  return result;
}

void add_installation(Lines& lines, std::string_view place, const Installation& installation) {
  for (const Program& program : installation.programs) {
    if (program.form == ProgramForm::missing) continue;
    lines.insert(fmt::format("{} {} {} {} {} via {}", place, program.name, to_string(program.form),
                             backend_word(&program), version_word(&program, "?"),
                             fmt::join(escaped(program.chain), " ")));
  }
  if (installation.empty()) lines.insert(fmt::format("{} has no iptables", place));
}

void add_k0s(Lines& lines, const K0s& k0s) {
  lines.insert(fmt::format("k0s {} {} in {}, bin {}", k0s.mode.empty() ? "-" : escape(k0s.mode),
                           escape(k0s.version), escape(k0s.data_dir), escape(k0s.bin_dir)));
  add_installation(lines, "k0s", k0s.installation);
}

void add_component(Lines& lines, const Component& component, const Snapshot& snapshot) {
  const bool in_node = component.in_node(snapshot.node.network_namespace);
  const std::string place = fmt::format("{}{}", traits(component.kind).name,
                                        in_node ? "" : " in another network namespace");
  std::vector<std::string_view> effective;
  for (const Backend backend : effective_backends(component, snapshot))
    effective.push_back(to_string(backend));
  lines.insert(fmt::format("{} {} told {}, writes {}", place, to_string(component.impostor),
                           escape(component.declared.mode), fmt::join(effective, "+")));
  for (const auto& [key, value] : component.declared.settings)
    lines.insert(fmt::format("{} set {}={}", place, escape(key), escape(value)));
  if (component.installation) add_installation(lines, place, *component.installation);
}

void add_users(Lines& lines, std::string_view table, const std::vector<OwnerUse>& owners) {
  for (const OwnerUse& use : owners)
    if (use.rules + use.chains > 0)
      lines.insert(fmt::format("{} has {}", table, to_string(use.owners)));
}

void add_network(Lines& lines, std::string_view place, const NetworkState& network) {
  if (!network.legacy) lines.insert(fmt::format("{} legacy not read", place));
  if (!network.nft) lines.insert(fmt::format("{} nf_tables not read", place));
  for (const Backend backend : kAllBackends) {
    add_users(lines, fmt::format("{} {}", place, to_string(backend)), network.users_of(backend));
    if (network.hint_in(backend))
      lines.insert(fmt::format("{} hint in {}", place, to_string(backend)));
  }
  if (!network.nft) return;
  for (const NftTable& table : *network.nft)
    if (!table.compat)
      lines.insert(fmt::format("{} native {}", place, to_string(table.table_owner)));
}

// "kube-proxy (pid 1311) in net:[4026531840]" has numbers that change with every start.
std::string without_numbers(std::string_view text) {
  std::string result;
  for (const char byte : text) {
    const bool digit = std::isdigit(static_cast<unsigned char>(byte)) != 0;
    if (!digit)
      result += byte;
    else if (!result.ends_with('#'))
      result += '#';
  }
  return result;
}

void add_findings(Lines& lines, const std::vector<CheckResult>& checks) {
  for (const CheckResult& check : checks)
    for (const Finding& finding : check.findings)
      lines.insert(fmt::format("finding {} {} {}", check.id, to_string(finding.severity),
                               escape(without_numbers(finding.subject))));
}

}  // namespace

std::string stable_state(const Snapshot& snapshot, const std::vector<CheckResult>& checks) {
  Lines lines;
  lines.insert(fmt::format("node {} {}", to_string(snapshot.node.role),
                           to_string(snapshot.node.distribution)));
  lines.insert(fmt::format("kernel legacy {} nf_tables {}", to_string(snapshot.support.legacy),
                           to_string(snapshot.support.nft)));
  if (snapshot.k0s) add_k0s(lines, *snapshot.k0s);
  if (snapshot.host) add_installation(lines, "host", *snapshot.host);
  for (const Component& component : snapshot.components) add_component(lines, component, snapshot);
  for (const NetworkState& network : snapshot.networks) {
    const bool own = network.network_namespace == snapshot.node.network_namespace;
    add_network(lines, own ? "node" : "another network", network);
  }
  add_findings(lines, checks);
  return fmt::format("{}\n", fmt::join(lines, "\n"));
}

std::string fingerprint(const Snapshot& snapshot, const std::vector<CheckResult>& checks) {
  return sha256_hex(stable_state(snapshot, checks));
}

}  // namespace iptmode::report
