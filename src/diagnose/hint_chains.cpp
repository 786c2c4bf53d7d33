// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnose/hint_chains.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "diagnose/subject_names.h"

namespace iptmode::checks {

std::string describe_hint_chains(const NetworkState& network, Backend backend) {
  const auto found = network.hints.find(backend);
  if (found == network.hints.end())
    return fmt::format("in {} mangle: not read", to_string(backend));
  std::vector<std::string> chains;
  for (std::size_t i = 0; i < kAllIpFamilies.size(); ++i) {
    const HintChains& hints = found->second.at(i);
    const std::string_view family = to_string(kAllIpFamilies.at(i));
    if (hints.ipt_hint) chains.push_back(fmt::format("KUBE-IPTABLES-HINT ({})", family));
    if (hints.canary) chains.push_back(fmt::format("KUBE-KUBELET-CANARY ({})", family));
  }
  return fmt::format("in {} mangle: {}", to_string(backend),
                     chains.empty() ? "none" : fmt::format("{}", fmt::join(chains, ", ")));
}

std::string subject_of_hint(const Domain& domain) {
  const Component* const kubelet = domain.find(ComponentKind::kubelet);
  return kubelet == nullptr ? std::string{"kubelet"} : subject_of(*kubelet);
}

bool hints_were_read(const NetworkState& network) {
  return network.hints.contains(Backend::legacy) && network.hints.contains(Backend::nf_tables);
}

}  // namespace iptmode::checks
