// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/node_commands.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

bool has(const Rule& rule, Field field) {
  return std::ranges::find(rule.conditions, field, &Condition::field) != rule.conditions.end();
}

/// Whether every packet meets the rule. What is not decoded is a condition all the same.
bool is_unconditional(const Rule& rule) {
  return rule.conditions.empty();
}

bool is_target(const Rule& rule, std::string_view name) {
  return rule.action.kind == Action::Kind::target && rule.action.name == name;
}

/// The one address of a condition that names a single IPv4 address; empty otherwise.
std::string single_address(const Condition& condition) {
  const bool is_address = condition.field == Field::source || condition.field == Field::destination;
  if (!is_address || condition.any_of.size() != 1) return {};
  const Interval& only = condition.any_of.front();
  const bool all_bits =
      std::ranges::all_of(condition.mask, [](char byte) { return byte == '\xff'; });
  return only.low.size() == 4 && only.low == only.high && all_bits ? only.low : std::string{};
}

/// The four bytes of "10.244.0.0" and the length of "/16"; nothing for another form.
struct Network {
  std::string address = {};
  unsigned length = 0;
};
std::optional<Network> network_from(std::string_view text) {
  Network network;
  for (int part = 0; part < 5; ++part) {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || number > 255) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const char separator = part < 3 ? '.' : '/';
    if (part == 4)
      network.length = number;
    else
      network.address += static_cast<char>(number);
    if (part == 4 ? !text.empty() : !text.starts_with(separator)) return std::nullopt;
    if (part < 4) text.remove_prefix(1);
  }
  return network;
}

/// The cluster's network that an address is the first one of: no pod and no Service has it.
std::string shrunk_network(const std::string& address, const Snapshot& snapshot) {
  for (const auto* list : {&snapshot.node_networks.pods, &snapshot.node_networks.services})
    for (const NamedNetwork& named : *list) {
      const auto network = network_from(named.cidr);
      if (network && network->length < 32 && network->address == address) return named.cidr;
    }
  return {};
}

/// What is wrong with a rule; empty for a sound one.
struct Flaw {
  std::string what = {};
  std::string harm = {};
  [[nodiscard]] bool any() const { return !what.empty(); }
};

Flaw flaw_of_addresses(const RuleShape& shape, const Snapshot& snapshot) {
  for (const Condition& condition : shape.rule.conditions) {
    const std::string address = single_address(condition);
    if (address.empty()) continue;
    if (const std::string network = shrunk_network(address, snapshot); !network.empty())
      return {fmt::format("the network {} has shrunk to one address", network),
              "traffic of every pod but that one address is treated as that of a stranger"};
    // kube-proxy: "not from the cluster's network".
    if (condition.negated && condition.field == Field::source &&
        (shape.chain.starts_with("KUBE-SVC-") || shape.chain == "KUBE-SERVICES"))
      return {"the network of the cluster has shrunk to one address",
              "traffic of pods is masqueraded as if it came from outside"};
  }
  return {};
}

/// A condition that its writer always gives and that is gone.
Flaw flaw_of_conditions(const RuleShape& shape, bool guarded) {
  const Rule& rule = shape.rule;
  if (shape.chain == "KUBE-FIREWALL" && rule.action.kind == Action::Kind::drop &&
      is_unconditional(rule))
    return {"the DROP has lost its mark", "every packet to and from this node is dropped"};
  if (shape.chain == "KUBE-POSTROUTING" && rule.action.kind == Action::Kind::back &&
      is_unconditional(rule))
    return {"the RETURN has lost its mark", "no Service traffic is masqueraded any more"};
  const bool masquerades = is_target(rule, "MASQUERADE") && is_unconditional(rule);
  if (masquerades &&
      (shape.chain == "CNI-HOSTPORT-MASQ" || (shape.chain == "KUBE-POSTROUTING" && !guarded)))
    return {"the MASQUERADE has lost its mark",
            "everything that leaves is masqueraded, connections to localhost among them"};
  if (!has(rule, Field::protocol) || has(rule, Field::destination_port)) return {};
  const bool extended = std::ranges::any_of(rule.conditions, [](const Condition& condition) {
    return condition.field == Field::extension && condition.name != "comment";
  });
  if (extended) return {};
  if (shape.chain.starts_with("CNI-DN-") && is_target(rule, "DNAT"))
    return {"the DNAT has lost its port", "every port of the node leads into that one pod"};
  const bool serves =
      rule.action.kind == Action::Kind::jump &&
      (rule.action.chain.starts_with("KUBE-SVC-") || rule.action.chain.starts_with("KUBE-EXT-"));
  if (serves && (shape.chain == "KUBE-SERVICES" || shape.chain == "KUBE-NODEPORTS"))
    return {"the jump to a Service has lost its port",
            "every port of that address leads into one Service"};
  return {};
}

/// One table of iptables, and rules of it: one of each form, or those that packets can meet.
struct SomeRules {
  Backend backend = {};
  IpFamily family = {};
  std::string table = {};
  std::vector<RuleShape> rules = {};
};

/// kube-proxy since 1.20: what has no mark returns, so the MASQUERADE behind needs none.
bool has_guard(const SomeRules& table) {
  return std::ranges::any_of(table.rules, [](const RuleShape& shape) {
    return shape.chain == "KUBE-POSTROUTING" && shape.rule.action.kind == Action::Kind::back &&
           has(shape.rule, Field::mark);
  });
}

Finding finding_of(const SomeRules& table, const RuleShape& shape, const Flaw& flaw,
                   const Snapshot& snapshot) {
  const bool legacy = table.backend == Backend::legacy;
  const std::string command =
      fmt::format("{} -t {}", command_for(snapshot, table.backend, table.family), table.table);
  Finding finding{.severity = Severity::critical,
                  .subject = fmt::format("{} in {}, {}{}", shape.chain, table.table,
                                         legacy ? "legacy, " : "", to_string(table.family))};
  finding.message =
      fmt::format("In a rule here {}: {}. An old iptables has read it so{}.", flaw.what, flaw.harm,
                  legacy ? ", and what it saved was restored here" : " and written it back");
  finding.evidence = {
      fmt::format("`-A {} {}`, {} of that form{}", shape.chain, to_string(shape.rule),
                  count_of(shape.rules, "rule"),
                  shape.owners.empty() ? "" : fmt::format(" ({})", to_string(shape.owners)))};
  finding.remedy = {"work from a console that does not need the node's network",
                    fmt::format("delete the rule: `{} -S '{}'` shows it, `{} -D '{}' NUMBER`",
                                command, shape.chain, command, shape.chain),
                    "then remove what read it wrongly: see version_skew and reader_misreads; its "
                    "writer makes the "
                    "rule anew at its next sync or start"};
  return finding;
}

void add_findings(CheckOutcome& outcome, const SomeRules& table, const Snapshot& snapshot) {
  const bool guarded = has_guard(table);
  for (const RuleShape& shape : table.rules) {
    Flaw flaw = flaw_of_conditions(shape, guarded);
    if (!flaw.any() && table.family == IpFamily::ipv4) flaw = flaw_of_addresses(shape, snapshot);
    if (flaw.any()) outcome.findings.push_back(finding_of(table, shape, flaw, snapshot));
  }
}

IpFamily family_of(std::string_view table_family) {
  return table_family == "ip6" ? IpFamily::ipv6 : IpFamily::ipv4;
}

std::vector<SomeRules> nft_rules_of(const NetworkState& network) {
  std::vector<SomeRules> all;
  if (!network.nft) return all;
  for (const NftTable& table : *network.nft)
    if (table.compat && (table.family == "ip" || table.family == "ip6"))
      all.push_back({Backend::nf_tables, family_of(table.family), table.name, table.shapes});
  return all;
}

/// Of legacy tables those rules are kept that packets of the node and of pods can meet: a rule
/// without its condition is one that they do.
std::vector<SomeRules> legacy_rules_of(const NetworkState& network) {
  std::vector<SomeRules> all;
  if (!network.packet_path) return all;
  for (const PathTable& table : network.packet_path->tables) {
    if (table.backend != Backend::legacy) continue;
    SomeRules& some =
        all.emplace_back(SomeRules{Backend::legacy, family_of(table.family), table.name});
    for (const PathChain& chain : table.chains)
      for (const PlacedRule& placed : chain.rules)
        some.rules.push_back({.chain = chain.name, .rules = 1, .rule = placed.rule});
  }
  return all;
}

CheckOutcome judge_rule_corrupt(const Snapshot& snapshot) {
  CheckOutcome outcome;
  for (const Domain& domain : domains_of(snapshot)) {
    for (const SomeRules& table : nft_rules_of(*domain.network))
      add_findings(outcome, table, snapshot);
    for (const SomeRules& table : legacy_rules_of(*domain.network))
      add_findings(outcome, table, snapshot);
  }
  return outcome;
}

}  // namespace

Check rule_corrupt() {
  return {
      .id = "rule_corrupt",
      .title = "No rule of Kubernetes has lost a condition",
      .severity = Severity::critical,
      .needs = kNeeds<Fact::nft_rules, Fact::legacy_rules, Fact::packet_path>,
      .run = judge_rule_corrupt,
      .looks_for =
          "In the tables of iptables, rules that their writers never make so: a DROP in "
          "KUBE-FIREWALL without any condition; RETURN or MASQUERADE in KUBE-POSTROUTING and "
          "CNI-HOSTPORT-MASQ without a mark; a DNAT in CNI-DN-* or a jump to a Service without its "
          "port; the first address of a pod or Service network as /32. Of iptables-nft one rule of "
          "each form in "
          "each table is looked at, so an address among sound ones of the same form may be missed; "
          "of legacy tables the rules "
          "that packets to the node and from pods can meet.",
      .matters =
          "This is what an iptables before 1.8.8 makes of newer rules when it saves and restores a "
          "table; before 1.8.7 networks shrink as well. The node drops everything, or answers for "
          "the wrong pod. The cause may be gone while the rule stays: nobody's versions show it.",
      .mend =
          "Delete the rule from a console, then bring every iptables of the node to 1.8.9 or "
          "later.",
      .sources =
          "https://github.com/kubernetes/kubernetes/issues/114549\n"
          "https://github.com/cloudnativelabs/kube-router/issues/1370\n"
          "https://github.com/cloudnativelabs/kube-router/issues/1415\n"
          "https://github.com/k3s-io/k3s/issues/8793\n"
          "https://github.com/kubernetes-sigs/kind/issues/3054"};
}

}  // namespace iptmode::checks
