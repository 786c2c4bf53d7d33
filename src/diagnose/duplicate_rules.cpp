// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/node_commands.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

/// One chain with rules that are there again and again.
struct Piles {
  Backend backend = {};
  std::string family = {};  ///< "ip", "ip6", ...
  std::string table = {};
  std::string chain = {};
  bool is_base = false;
  std::vector<const RepeatedRule*> rules = {};  ///< most copies first

  [[nodiscard]] const RepeatedRule& largest() const { return *rules.front(); }
};

template <class Table>
void add_piles(std::vector<Piles>& all, const Table& table, const Piles& where) {
  for (const RepeatedRule& rule : table.repeated) {
    auto found = std::ranges::find_if(all, [&](const Piles& piles) {
      return std::tie(piles.backend, piles.family, piles.table, piles.chain) ==
             std::tie(where.backend, where.family, where.table, rule.chain);
    });
    if (found == all.end()) {
      found = all.insert(all.end(), where);
      found->chain = rule.chain;
      found->is_base = std::ranges::any_of(
          table.base_chains, [&](const BaseChain& base) { return base.name == rule.chain; });
    }
    found->rules.push_back(&rule);
  }
}

std::vector<Piles> piles_in(const NetworkState& network) {
  std::vector<Piles> all;
  if (network.legacy)
    for (const LegacyTable& table : *network.legacy)
      add_piles(all, table,
                {.backend = Backend::legacy,
                 .family = table.family == IpFamily::ipv4 ? "ip" : "ip6",
                 .table = table.name});
  if (network.nft)
    for (const NftTable& table : *network.nft)
      add_piles(all, table,
                {.backend = Backend::nf_tables, .family = table.family, .table = table.name});
  return all;
}

Severity severity_of(const Piles& piles) {
  const std::uint64_t copies = piles.largest().copies;
  if (copies >= 1000) return Severity::critical;
  return copies >= 50 ? Severity::error : Severity::warning;
}

std::string words_of(const RepeatedRule& rule) {
  const std::string who = rule.owners.empty() ? "" : fmt::format(" ({})", to_string(rule.owners));
  if (rule.rule.empty()) return fmt::format("{} copies of one rule{}", rule.copies, who);
  return fmt::format("{} copies of `{}`{}", rule.copies, rule.rule, who);
}

std::string message_of(const Piles& piles) {
  const std::string_view harm =
      severity_of(piles) == Severity::critical
          ? "every packet walks through all of them, and the processor that handles it drowns"
      : severity_of(piles) == Severity::error
          ? "each packet walks through all of them"
          : "some program does not find its own rule and adds it again";
  return fmt::format("The same rule is in this chain {} times: {}.", piles.largest().copies, harm);
}

std::string family_word(const Piles& piles) {
  return piles.family == "ip6" ? "ipv6" : piles.family == "ip" ? "ipv4" : piles.family;
}

std::vector<std::string> remedy_of(const Piles& piles, const Snapshot& snapshot) {
  const RepeatedRule& worst = piles.largest();
  std::vector<std::string> steps{
      "mend what adds it first, else the pile grows again: see version_known_bad and version_skew"};
  if (piles.family != "ip" && piles.family != "ip6") return steps;
  const IpFamily family = piles.family == "ip6" ? IpFamily::ipv6 : IpFamily::ipv4;
  const std::string command =
      fmt::format("{} -t {}", command_for(snapshot, piles.backend, family), piles.table);
  if (piles.is_base) {
    steps.push_back(fmt::format(
        "delete the copies but one: `{} -S {}` shows the rule; `-D` with the same words, {} times",
        command, piles.chain, worst.copies - 1));
  } else {
    steps.push_back(fmt::format(
        "empty the chain and let its owner fill it: `{} -F '{}'`, then "
        "restart {}",
        command, piles.chain, worst.owners.empty() ? "its owner" : to_string(worst.owners)));
  }
  return steps;
}

CheckOutcome judge_duplicate_rules(const Snapshot& snapshot) {
  CheckOutcome outcome;
  for (const Domain& domain : domains_of(snapshot))
    for (const Piles& piles : piles_in(*domain.network)) {
      Finding finding{.severity = severity_of(piles),
                      .subject = fmt::format("{} in {}, {}, {}", piles.chain, piles.table,
                                             to_string(piles.backend), family_word(piles)),
                      .message = message_of(piles),
                      .remedy = remedy_of(piles, snapshot)};
      for (const RepeatedRule* rule : piles.rules) finding.evidence.push_back(words_of(*rule));
      outcome.findings.push_back(std::move(finding));
    }
  return outcome;
}

}  // namespace

Check duplicate_rules() {
  return {
      .id = "duplicate_rules",
      .title = "No chain holds the same rule again and again",
      .severity = Severity::error,
      .needs = kNeeds<Fact::legacy_rules, Fact::nft_rules>,
      .run = judge_duplicate_rules,
      .looks_for =
          "In the iptables tables of both backends: rules of one chain that are equal but for "
          "their "
          "counters, three times or more. Each rule is compared with the last 64 different ones of "
          "its chain, so rules that take turns are found as well. A warning from 3 copies on, an "
          "error from 50, critical from 1000.",
      .matters =
          "A program asks `iptables -C` whether its rule is there, is told no, and adds it: with "
          "each sync once more. iptables 1.8.2 and 1.8.10 on musl are known for it, and so is an "
          "old reader of a newer writer's rules. A chain of thousands of copies keeps a processor "
          "busy in softirq.",
      .mend =
          "Mend the cause (another iptables in that image or on the host), then empty the chain "
          "and "
          "restart its owner, or delete the copies.",
      .sources =
          "https://github.com/kubernetes/kubernetes/issues/82361\n"
          "https://github.com/k3s-io/k3s/issues/3117\n"
          "https://github.com/cloudnativelabs/kube-router/issues/1676\n"
          "https://github.com/projectcalico/felix/issues/2501"};
}

}  // namespace iptmode::checks
