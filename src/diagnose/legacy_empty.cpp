// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

std::string name_of(const LegacyTable& table) {
  return fmt::format("{} ({})", table.name, to_string(table.family));
}

/// Where legacy tables hold rules or refuse packets, an empty one beside them says nothing.
bool legacy_is_in_use(const NetworkState& network) {
  return std::ranges::any_of(*network.legacy,
                             [](const LegacyTable& table) { return !table.unused(); });
}

/// With an empty nf_tables side and no hint, k0s in auto mode counts the lines of empty tables.
bool misleads_k0s(const NetworkState& network, const Snapshot& snapshot) {
  const bool decides = snapshot.k0s && (snapshot.k0s->mode.empty() || snapshot.k0s->mode == "auto");
  return decides && network.nft && network.rules_in(Backend::nf_tables) == 0 &&
         !network.hint_in(Backend::nf_tables) && !network.hint_in(Backend::legacy);
}

Finding finding_for(const Domain& domain, const Snapshot& snapshot) {
  std::vector<std::string> names;
  for (const LegacyTable& table : *domain.network->legacy) names.push_back(name_of(table));
  Finding finding{.subject = domain.is_node ? std::string{"legacy tables"}
                                            : fmt::format("legacy tables in net:[{}]",
                                                          domain.network->network_namespace)};
  finding.message =
      "Legacy tables are registered and hold nothing: somebody read or prepared them once. They do "
      "not touch any packet; they only make iptables-nft warn that legacy tables are present.";
  finding.evidence = {fmt::format("empty, every policy ACCEPT: {}", fmt::join(names, ", "))};
  if (domain.is_node && misleads_k0s(*domain.network, snapshot))
    finding.evidence.emplace_back(
        "nf_tables holds no rule and there is no hint: k0s in auto mode counts the lines that "
        "these tables print and would choose legacy at its next start");
  finding.remedy = {
      "nothing has to be done; they are gone after a reboot",
      "where the legacy tables are modules: modprobe -r iptable_filter iptable_nat iptable_mangle "
      "iptable_raw iptable_security (and ip6table_*)"};
  return finding;
}

CheckOutcome judge_legacy_empty(const Snapshot& snapshot) {
  CheckOutcome outcome;
  for (const Domain& domain : domains_of(snapshot)) {
    const NetworkState& network = *domain.network;
    if (!network.legacy || network.legacy->empty() || legacy_is_in_use(network)) continue;
    outcome.findings.push_back(finding_for(domain, snapshot));
  }
  return outcome;
}

}  // namespace

Check legacy_empty() {
  return {
      .id = "legacy_empty",
      .title = "No legacy table is registered without use",
      .severity = Severity::info,
      .needs = kNeeds<Fact::legacy_rules>,
      .run = judge_legacy_empty,
      .looks_for =
          "Legacy tables that the kernel lists while none of them has a rule, a chain of its own "
          "or a policy other than ACCEPT.",
      .matters =
          "They do no harm: empty tables accept every packet. But iptables-nft prints `# Warning: "
          "iptables-legacy tables present` because of them, and programs that only look whether "
          "the tables exist, or count lines of output, take the node for a legacy one. Listing "
          "rules with iptables-legacy is enough to register a table.",
      .mend =
          "Nothing has to be done. They disappear with a reboot, or with their modules; tables "
          "that are built into the kernel stay until then.",
      .sources =
          "iptables: nft-shared.c, nft_check_xt_legacy\n"
          "https://github.com/projectcalico/calico/issues/3709\n"
          "https://github.com/canonical/microk8s/issues/2180\n"
          "k0s: pkg/component/iptables/iptables.go (counts lines)"};
}

}  // namespace iptmode::checks
