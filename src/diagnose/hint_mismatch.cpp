// SPDX-License-Identifier: GPL-2.0-or-later

#include <fmt/format.h>

#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/hint_chains.h"
#include "diagnose/node_commands.h"
#include "diagnose/standing.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

/// The backend that the hint names, when it names one. A hint in both is hint_in_both's.
std::optional<Backend> named_backend(const NetworkState& network) {
  if (!hints_were_read(network)) return std::nullopt;
  const bool legacy = network.hint_in(Backend::legacy);
  if (legacy == network.hint_in(Backend::nf_tables)) return std::nullopt;
  return legacy ? Backend::legacy : Backend::nf_tables;
}

std::optional<Backend> forced_backend(const K0s& k0s) {
  if (k0s.mode == "legacy") return Backend::legacy;
  if (k0s.mode == "nft") return Backend::nf_tables;
  return std::nullopt;
}

struct Contradiction {
  std::string subject = {};
  std::string what = {};  ///< "iptables of kubelet is legacy"
  std::string evidence = {};
  bool kubelet_runs = false;
};

/// Who writes the hint, when it would write it elsewhere now.
std::optional<Contradiction> contradiction_of(const Domain& domain, const Snapshot& snapshot,
                                              Backend hint) {
  for (const Standing& standing : standings_of(domain, snapshot)) {
    const bool is_bin = standing.component == nullptr;
    if (!is_bin && !standing.is(ComponentKind::kubelet)) continue;
    if (standing.binary != std::optional{other(hint)}) continue;
    return Contradiction{
        .subject = standing.subject,
        .what = fmt::format("{} is {}", is_bin ? "iptables of k0s" : "iptables of kubelet",
                            to_string(other(hint))),
        .evidence = describe(standing),
        .kubelet_runs = domain.find(ComponentKind::kubelet) != nullptr};
  }
  if (!domain.is_node || !snapshot.k0s) return std::nullopt;
  if (forced_backend(*snapshot.k0s) != std::optional{other(hint)}) return std::nullopt;
  return Contradiction{.subject = subject_of(*snapshot.k0s),
                       .what = fmt::format("k0s was told --iptables-mode={}", snapshot.k0s->mode),
                       .evidence = describe_iptables(snapshot.k0s->installation),
                       .kubelet_runs = domain.find(ComponentKind::kubelet) != nullptr};
}

Finding finding_of(const Contradiction& found, const Domain& domain, const Snapshot& snapshot,
                   Backend hint) {
  Finding finding{
      .severity = found.kubelet_runs ? Severity::error : Severity::warning,
      .subject = found.subject,
      .message = fmt::format("The hint of kubelet is in {} while {}. New containers follow the "
                             "hint to {}; kubelet and the "
                             "CNI plugins write {}.",
                             to_string(hint), found.what, to_string(hint), to_string(other(hint)))};
  finding.evidence = {describe_hint_chains(*domain.network, Backend::legacy),
                      describe_hint_chains(*domain.network, Backend::nf_tables), found.evidence};
  if (snapshot.k0s && domain.is_node)
    finding.evidence.push_back(fmt::format("k0s --iptables-mode={}", snapshot.k0s->mode));
  finding.remedy = {
      fmt::format("to stay in {}: start k0s with {}", to_string(hint), mode_flag(hint)),
      fmt::format("to change to {}: start k0s with {} and reboot the node; the hint does not "
                  "outlive that, and every container chooses anew",
                  to_string(other(hint)), mode_flag(other(hint)))};
  return finding;
}

CheckOutcome judge_hint_mismatch(const Snapshot& snapshot) {
  CheckOutcome outcome;
  for (const Domain& domain : domains_of(snapshot)) {
    const std::optional<Backend> hint = named_backend(*domain.network);
    if (!hint) continue;
    if (const auto found = contradiction_of(domain, snapshot, *hint))
      outcome.findings.push_back(finding_of(*found, domain, snapshot, *hint));
  }
  return outcome;
}

}  // namespace

Check hint_mismatch() {
  return {
      .id = "hint_mismatch",
      .title = "kubelet's hint names the backend that kubelet uses",
      .severity = Severity::error,
      .needs = kNeeds<Fact::k0s, Fact::installations, Fact::legacy_rules, Fact::nft_rules>,
      .run = judge_hint_mismatch,
      .looks_for =
          "The backend in which kubelet's hint chains are, against the iptables that kubelet runs "
          "(k0s' bin directory) and against k0s' --iptables-mode. Components that stand elsewhere "
          "are backend_mismatch.",
      .matters =
          "The hint is how containers learn the node's backend. When it is left over from another "
          "mode, each new container chooses the wrong side, and k0s in auto mode chooses it again "
          "at "
          "its next start. It is a warning while no kubelet runs.",
      .mend =
          "Decide for one mode. Give k0s --iptables-mode for it, and remove the hint of the other "
          "one: reboot, or stop k0s, save and empty the tables, start k0s. Then delete the pods of "
          "kube-proxy and of the network plugin.",
      .sources =
          "kubernetes/kubernetes#109059: kubelet's hint\n"
          "k0s: docs/networking.md, pkg/component/iptables/iptables.go\n"
          "kubernetes-sigs/iptables-wrappers: internal/iptables/detect.go"};
}

}  // namespace iptmode::checks
