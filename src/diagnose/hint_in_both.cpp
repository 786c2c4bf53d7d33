// SPDX-License-Identifier: GPL-2.0-or-later
#include <array>

#include <fmt/format.h>

#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/node_commands.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

/// "hint in legacy: KUBE-IPTABLES-HINT (ipv4), KUBE-KUBELET-CANARY (ipv4, ipv6)"
std::string evidence_of(const NetworkState& network, Backend backend) {
  const auto found = network.hints.find(backend);
  std::vector<std::string> chains;
  for (std::size_t i = 0; found != network.hints.end() && i < kAllIpFamilies.size(); ++i) {
    const HintChains& hints = found->second.at(i);
    if (hints.ipt_hint)
      chains.push_back(fmt::format("KUBE-IPTABLES-HINT ({})", to_string(kAllIpFamilies.at(i))));
    if (hints.canary)
      chains.push_back(fmt::format("KUBE-KUBELET-CANARY ({})", to_string(kAllIpFamilies.at(i))));
  }
  return fmt::format("in {} mangle: {}", to_string(backend), join_names(chains));
}

std::string subject_of_domain(const Domain& domain) {
  const Component* const kubelet = domain.find(ComponentKind::kubelet);
  return kubelet == nullptr ? std::string{"kubelet's hint"} : subject_of(*kubelet);
}

CheckOutcome run(const Snapshot& snapshot) {
  CheckOutcome outcome;
  for (const Domain& domain : domains_of(snapshot)) {
    const NetworkState& network = *domain.network;
    if (!network.hint_in(Backend::legacy) || !network.hint_in(Backend::nf_tables)) continue;
    Finding finding{.severity = Severity::error, .subject = subject_of_domain(domain)};
    finding.message =
        "kubelet's hint chains are in legacy and in nf_tables: the mode was changed without a "
        "reboot. Every wrapper and k0s in auto mode look at nf_tables first and take it, whichever "
        "one kubelet uses now.";
    finding.evidence = {evidence_of(network, Backend::legacy),
                        evidence_of(network, Backend::nf_tables)};
    outcome.findings.push_back(std::move(finding));
  }
  return outcome;
}

constexpr std::array kNeeds{Fact::legacy_rules, Fact::nft_rules};

}  // namespace

Check hint_in_both() {
  return {.id = "hint_in_both",
          .title = "kubelet's hint is in one backend only",
          .severity = Severity::error,
          .needs = kNeeds,
          .run = run};
}

}  // namespace iptmode::checks
