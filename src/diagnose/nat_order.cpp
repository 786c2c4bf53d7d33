// SPDX-License-Identifier: GPL-2.0-or-later
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

std::string describe_translations(const OwnerUse& use, Backend backend) {
  return fmt::format("{}: {} of {} ({})", to_string(backend),
                     count_of(use.translations, "translation"), count_of(use.rules, "rule"),
                     fmt::join(use.patterns, ", "));
}

Finding finding_of(const OwnerUse& legacy, const OwnerUse& nft) {
  return {
      .severity = Severity::error,
      .subject = to_string(legacy.owners),
      .message = fmt::format(
          "{} translates addresses in legacy nat and in nf_tables nat. The set that was registered "
          "last sees a connection first and decides it; this changes with every boot and cannot be "
          "told from the rules.",
          to_string(legacy.owners)),
      .evidence = {describe_translations(legacy, Backend::legacy),
                   describe_translations(nft, Backend::nf_tables)},
      .remedy = {
          "leave one copy only: owner_in_both says which one is stale and how it is removed",
          "then drop connections that the stale copy decided: conntrack -D -p tcp; conntrack "
          "-D -p udp (it cuts all that are open), or reboot"}};
}

CheckOutcome run(const Snapshot& snapshot) {
  CheckOutcome outcome;
  for (const Domain& domain : domains_of(snapshot)) {
    for (const OwnerUse& legacy : domain.network->users_of(Backend::legacy)) {
      const OwnerUse nft = domain.network->use_of(legacy.owners, Backend::nf_tables);
      if (legacy.owners.empty() || legacy.translations == 0 || nft.translations == 0) continue;
      outcome.findings.push_back(finding_of(legacy, nft));
    }
  }
  return outcome;
}

constexpr std::array kNeeds{Fact::legacy_rules, Fact::nft_rules};

}  // namespace

Check nat_order() {
  return {
      .id = "nat_order",
      .title = "Each owner translates addresses in one backend only",
      .severity = Severity::error,
      .needs = kNeeds,
      .run = run,
      .looks_for =
          "DNAT, SNAT, MASQUERADE and REDIRECT rules of one owner in the nat tables of legacy and "
          "of "
          "nf_tables. Different owners on different sides are backend_mismatch or mode_split.",
      .matters =
          "The first nat rule that matches decides a connection for its whole life. Both base "
          "chains "
          "have the same priority, and of those the one that was registered last runs first "
          "(measured on Linux 6.18, for nat and for filter): the winner depends on load order, so "
          "a "
          "node can work until its next boot. That legacy always runs first is a common belief and "
          "does not hold.",
      .mend =
          "Remove the stale copy, see owner_in_both, then the connections it decided from "
          "conntrack, or reboot.",
      .sources =
          "Linux net/netfilter/core.c: nf_hook_entries_grow(), equal priorities\n"
          "kubernetes-sigs/iptables-wrappers: README on rule order\n"
          "kubernetes/kubernetes#109811"};
}

}  // namespace iptmode::checks
