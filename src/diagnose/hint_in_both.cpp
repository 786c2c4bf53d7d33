// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include <fmt/format.h>

#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/hint_chains.h"
#include "diagnose/node_commands.h"
#include "diagnose/standing.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

/// What kubelet would write now, from its own iptables or k0s' bin directory.
std::optional<Backend> kubelets_binary(const std::vector<Standing>& standings) {
  const auto found = std::ranges::find_if(standings, [](const Standing& standing) {
    return standing.is(ComponentKind::kubelet) || standing.component == nullptr;
  });
  return found == standings.end() ? std::nullopt : found->binary;
}

/// Harmful when kubelet has left nf_tables, because everybody else is sent there; harmless as long
/// as the hint that wins is also the true one.
Severity severity_for(std::optional<Backend> binary) {
  return binary == Backend::nf_tables ? Severity::warning : Severity::error;
}

std::string message_for(std::optional<Backend> binary) {
  const std::string start =
      "The hint of kubelet is in legacy and in nf_tables: the mode was changed without a reboot. "
      "Wrappers "
      "and k0s in auto mode look at nf_tables first and take it, ";
  if (binary == Backend::legacy)
    return start + "while kubelet writes legacy: each new container goes to the wrong side.";
  if (binary == Backend::nf_tables)
    return start +
           "which is what kubelet uses now; the chains in legacy are left over from the earlier "
           "mode.";
  return start + "whatever kubelet uses now.";
}

/// Both backends hold a hint for one address family. Otherwise IPv4's is in one and IPv6's in the
/// other: kubelet wrote both, with an iptables and an ip6tables that differ.
bool doubled_in_one_family(const NetworkState& network) {
  for (std::size_t i = 0; i < kAllIpFamilies.size(); ++i)
    if (network.hints.at(Backend::legacy).at(i).any() &&
        network.hints.at(Backend::nf_tables).at(i).any())
      return true;
  return false;
}

Finding finding_of_families(const Domain& domain) {
  Finding finding{
      .severity = Severity::warning,
      .subject = subject_of_hint(domain),
      .message =
          "The hint of kubelet for IPv4 is in one backend and that for IPv6 in the other: its "
          "iptables and its ip6tables differ. Wrappers and k0s in auto mode take nf_tables "
          "for both."};
  for (const Backend backend : kAllBackends)
    finding.evidence.push_back(describe_hint_chains(*domain.network, backend));
  finding.remedy = {
      "bring kubelet's iptables and ip6tables to one variant (install_inconsistent says where they "
      "lead), then reboot the node"};
  return finding;
}

/// Somebody who runs here has its rules on that side.
bool is_lived_in(const std::vector<Standing>& standings, Backend backend) {
  return std::ranges::any_of(standings, [&](const Standing& standing) {
    return standing.side() == backend && standing.use_in(backend).rules > 0;
  });
}

std::vector<std::string> remedy_of(const Domain& domain, const Snapshot& snapshot, Backend stale,
                                   bool lived_in) {
  std::vector<std::string> steps;
  const std::vector<std::string> removal = remove_hint(snapshot, *domain.network, stale);
  if (!lived_in) {
    steps.push_back(
        fmt::format("remove the hint in {}; it is empty and nobody uses it:", to_string(stale)));
    steps.insert(steps.end(), removal.begin(), removal.end());
    return steps;
  }
  steps.push_back(fmt::format(
      "to stay in {}, where the containers are: start k0s with {}, then remove the hint in {}:",
      to_string(stale), mode_flag(stale), to_string(other(stale))));
  for (std::string& step : remove_hint(snapshot, *domain.network, other(stale)))
    steps.push_back(std::move(step));
  steps.push_back(
      fmt::format("or to go to {}: start k0s with {} and reboot the node; nothing of {} outlives "
                  "that, and every container chooses anew",
                  to_string(other(stale)), mode_flag(other(stale)), to_string(stale)));
  return steps;
}

Finding finding_of(const Domain& domain, const Snapshot& snapshot) {
  const std::vector<Standing> standings = standings_of(domain, snapshot);
  const std::optional<Backend> binary = kubelets_binary(standings);
  Finding finding{.severity = severity_for(binary),
                  .subject = subject_of_hint(domain),
                  .message = message_for(binary)};
  for (const Backend backend : kAllBackends)
    finding.evidence.push_back(describe_hint_chains(*domain.network, backend));
  for (const Standing& standing : standings)
    if (standing.is(ComponentKind::kubelet) || standing.component == nullptr)
      finding.evidence.push_back(describe(standing));
  const Backend stale = binary ? other(*binary) : Backend::legacy;
  finding.remedy = remedy_of(domain, snapshot, stale, is_lived_in(standings, stale));
  return finding;
}

CheckOutcome judge_hint_in_both(const Snapshot& snapshot) {
  CheckOutcome outcome;
  for (const Domain& domain : domains_of(snapshot)) {
    const NetworkState& network = *domain.network;
    if (!network.hint_in(Backend::legacy) || !network.hint_in(Backend::nf_tables)) continue;
    outcome.findings.push_back(doubled_in_one_family(network) ? finding_of(domain, snapshot)
                                                              : finding_of_families(domain));
  }
  return outcome;
}

}  // namespace

Check hint_in_both() {
  return {
      .id = "hint_in_both",
      .title = "kubelet's hint is in one backend only",
      .severity = Severity::error,
      .needs = kNeeds<Fact::legacy_rules, Fact::nft_rules>,
      .run = judge_hint_in_both,
      .looks_for =
          "The chains KUBE-IPTABLES-HINT and KUBE-KUBELET-CANARY in the mangle tables of both "
          "backends, IPv4 and IPv6.",
      .matters =
          "kubelet marks the backend it uses, and everybody else follows the mark: the "
          "iptables-wrapper in most images, felix, k0s in auto mode. The chains stay in the "
          "kernel until it boots. With marks in both, all of them test nf_tables first and take "
          "it: after a change from nf_tables to legacy kubelet is alone on its side. After a "
          "change to nf_tables the leftover does no harm: that is a warning, and so is a hint that "
          "is in another backend for IPv6 than for IPv4.",
      .mend =
          "Reboot after a change of --iptables-mode. Without one: stop k0s, save and empty the "
          "tables of the backend that kubelet no longer uses, start k0s, delete the pods of "
          "kube-proxy and of the network plugin.",
      .sources =
          "kubernetes/kubernetes#109059: kubelet's hint\n"
          "kubernetes-sigs/iptables-wrappers: internal/iptables/detect.go\n"
          "k0s: pkg/component/iptables/iptables.go"};
}

}  // namespace iptmode::checks
