// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include <fmt/format.h>

#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/forward_policy.h"
#include "diagnose/image_defects.h"
#include "diagnose/node_commands.h"
#include "diagnose/standing.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

/// felix before the rest of its node.
struct Felix {
  Standing standing = {};
  std::optional<Backend> told = {};
  std::optional<Backend> node = {};  ///< of the others
};

/// The backend felix in auto mode would detect (3.25 to 3.32): kubelet's hint, nf_tables first,
/// then rule counts, where a tie is legacy.
std::optional<Backend> auto_choice(const NetworkState& network) {
  if (network.hint_in(Backend::nf_tables)) return Backend::nf_tables;
  if (!network.hints.contains(Backend::nf_tables)) return std::nullopt;
  if (network.hint_in(Backend::legacy)) return Backend::legacy;
  if (!network.legacy || !network.nft) return std::nullopt;
  return network.rules_in(Backend::legacy) >= network.rules_in(Backend::nf_tables)
             ? Backend::legacy
             : Backend::nf_tables;
}

struct Verdict {
  Severity severity = Severity::error;
  std::string message = {};
};

std::string_view name_of(std::optional<Backend> backend) {
  return backend ? to_string(*backend) : "unknown";
}

Verdict judge_pinned(const Felix& felix) {
  const std::optional<Backend> effect = felix.standing.effect;
  if (effect && effect != felix.told)
    return {
        .message = fmt::format(
            "felix was told to use {} and its chains are in {}. Either it has not been restarted "
            "since, or the chains are left over and nobody updates these policies.",
            name_of(felix.told), name_of(effect))};
  if (felix.node && felix.node != felix.told)
    return {.message = fmt::format(
                "felix was told to use {} while the others on this node use {}. An accept of its "
                "policies in one backend does not overrule a drop in the other.",
                name_of(felix.told), name_of(felix.node))};
  return {};
}

Verdict judge_auto(const Felix& felix, const NetworkState& network) {
  if (!felix.node || felix.standing.in_both) return {};
  const std::optional<Backend> effect = felix.standing.effect;
  if (effect)
    return effect == felix.node
               ? Verdict{}
               : Verdict{
                     .message = fmt::format(
                         "felix, left to decide itself, writes {} while the others on this node "
                         "use {}. An accept of its policies in one backend does not overrule a "
                         "drop in the other.",
                         name_of(effect), name_of(felix.node))};
  const std::optional<Backend> choice = auto_choice(network);
  if (!felix.standing.rules_read || !choice || choice == felix.node) return {};
  return {
      .severity = Severity::warning,
      .message = fmt::format(
          "felix has no chains yet and, left to decide itself, takes {} while the others on this "
          "node use {}.",
          name_of(choice), name_of(felix.node))};
}

std::vector<std::string> evidence_of(const Felix& felix, const Domain& domain,
                                     const std::vector<const Standing*>& others) {
  const Component& component = *felix.standing.component;
  std::vector<std::string> evidence;
  for (const auto& [key, value] : component.declared.settings)
    if (key.starts_with("FELIX_")) evidence.push_back(fmt::format("{}={}", key, value));
  if (evidence.empty()) evidence.emplace_back("no FELIX_ setting in its environment");
  evidence.push_back(fmt::format("its chains (cali-*): {}", describe_rules(felix.standing)));
  for (const Standing* standing : others) evidence.push_back(describe(*standing));
  evidence.push_back(describe_hint(*domain.network));
  evidence.emplace_back(
      "felix runs iptables-nft-* or iptables-legacy-* by name: what iptables -V says in that "
      "container is no evidence");
  return evidence;
}

std::vector<std::string> remedy_of(const Felix& felix, const Domain& domain,
                                   const Snapshot& snapshot) {
  const Backend goal = felix.node.value_or(felix.told.value_or(Backend::nf_tables));
  std::vector<std::string> steps = move_to(*felix.standing.component, goal, snapshot);
  if (felix.standing.use_in(other(goal)).rules > 0)
    for (std::string& step : clear_backend(snapshot, *domain.network, other(goal), Owner::felix))
      steps.push_back(std::move(step));
  return steps;
}

/// Where the others are, felix left out: it cannot be measured by itself.
std::optional<Backend> backend_of_others(const std::vector<Standing>& standings) {
  std::vector<Standing> others;
  std::ranges::copy_if(standings, std::back_inserter(others), [](const Standing& standing) {
    return !standing.is(ComponentKind::calico_node);
  });
  return node_backend(others);
}

/// Live rules of both sides, and a chain that drops what its own side does not accept.
bool loses_packets(const Felix& felix, const NetworkState& network,
                   const std::vector<const Standing*>& others) {
  if (!felix.node || felix.standing.effect != other(*felix.node)) return false;
  return felix.standing.use_in(other(*felix.node)).rules > 0 && any_forward_drops(network) &&
         std::ranges::any_of(others, [&](const Standing* standing) {
           return standing->use_in(*felix.node).rules > 0;
         });
}

/// Those on the node's side.
std::vector<const Standing*> others_at_home(const std::vector<Standing>& standings,
                                            std::optional<Backend> node) {
  std::vector<const Standing*> others;
  for (const Standing& standing : standings)
    if (node && standing.side() == node && !standing.is(ComponentKind::calico_node))
      others.push_back(&standing);
  return others;
}

void judge_domain(CheckOutcome& outcome, const Domain& domain, const Snapshot& snapshot) {
  const std::vector<Standing> standings = standings_of(domain, snapshot);
  const std::optional<Backend> node = backend_of_others(standings);
  const std::vector<const Standing*> others = others_at_home(standings, node);
  for (const Standing& standing : standings) {
    if (!standing.is(ComponentKind::calico_node)) continue;
    const Felix felix{standing, standing.component->declared.backend, node};
    Verdict verdict = felix.told ? judge_pinned(felix) : judge_auto(felix, *domain.network);
    if (verdict.message.empty()) continue;
    if (loses_packets(felix, *domain.network, others)) verdict.severity = Severity::critical;
    outcome.findings.push_back({.severity = verdict.severity,
                                .subject = standing.subject,
                                .message = std::move(verdict.message),
                                .evidence = evidence_of(felix, domain, others),
                                .remedy = remedy_of(felix, domain, snapshot)});
  }
}

/// felix in nftables mode has tables of its own; what it left in those of iptables still filters.
void judge_native(CheckOutcome& outcome, const Component& felix, const Domain& domain,
                  const Snapshot& snapshot) {
  for (const Backend backend : kAllBackends) {
    const OwnerUse use = domain.network->use_of(Owner::felix, backend);
    if (use.rules == 0) continue;
    outcome.findings.push_back(
        {.severity = Severity::warning,
         .subject = subject_of(felix),
         .message = fmt::format("felix runs in nftables mode and {} of its iptables mode are left "
                                "in {}. Nobody updates "
                                "them, and they still decide about packets.",
                                count_of(use.rules, "rule"), to_string(backend)),
         .evidence = {fmt::format("{} in {} of chains cali-*", count_of(use.rules, "rule"),
                                  to_string(backend))},
         .remedy = clear_backend(snapshot, *domain.network, backend, Owner::felix)});
  }
}

CheckOutcome judge_calico_backend(const Snapshot& snapshot) {
  CheckOutcome outcome;
  bool found = false;
  bool iptables = false;
  for (const Domain& domain : domains_of(snapshot)) {
    for (const Component* component : domain.components) {
      if (component->kind != ComponentKind::calico_node) continue;
      found = true;
      iptables = iptables || !component->declared.native_nft;
      if (component->declared.native_nft) judge_native(outcome, *component, domain, snapshot);
    }
    judge_domain(outcome, domain, snapshot);
  }
  if (!found) outcome.skipped = "no calico-node runs here";
  if (found && !iptables) outcome.skipped = "felix runs in nftables mode";
  return outcome;
}

}  // namespace

Check calico_backend() {
  return {
      .id = "calico_backend",
      .title = "Calico writes the backend it was told and the node uses",
      .severity = Severity::error,
      .needs = kNeeds<Fact::processes, Fact::declared, Fact::legacy_rules, Fact::nft_rules>,
      .run = judge_calico_backend,
      .looks_for =
          "FELIX_IPTABLESBACKEND and FELIX_NFTABLESMODE, the backend where the cali-* chains are, "
          "and the backend of the others on the node. The iptables link in calico-node is not "
          "looked at: felix calls iptables-nft-restore or iptables-legacy-restore by name.",
      .matters =
          "Policies that accept in one backend while another drops in the other: pods lose traffic "
          "that every single rule allows. In auto mode felix follows kubelet's hint; without one "
          "it "
          "counts rules and takes legacy on a tie, so it can differ from the wrappers, which take "
          "nf_tables. It is critical where rules of both sides are live and a FORWARD chain drops "
          "by "
          "default. backend_mismatch leaves felix to this check.",
      .mend =
          "Leave FELIX_IPTABLESBACKEND on Auto and put kubelet's hint right, or set it to NFT or "
          "Legacy on purpose; on k0s in spec.network.calico.envVars. Then delete the pod and "
          "remove what is left in the other backend.",
      .sources =
          "projectcalico/calico#8857: the link says nothing about felix\n"
          "projectcalico/calico#3709, #5760, #7741\n"
          "projectcalico/calico#11629: auto from kube-proxy\n"
          "projectcalico/calico: felix/environment/feature_detect_linux.go"};
}

}  // namespace iptmode::checks
