// SPDX-License-Identifier: GPL-2.0-or-later

#include <fmt/format.h>

#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/second_copy.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

std::string describe_translations(const SecondCopy& copy, Backend backend) {
  const OwnerUse& use = copy.in(backend);
  return fmt::format("{}{}{}: {} of {} ({})", to_string(backend), copy.family.empty() ? "" : " ",
                     copy.family, count_of(use.translations, "translation"),
                     count_of(use.rules, "rule"), some_of(use.patterns));
}

/// Who translates its own traffic only gets in nobody's way but its own.
Severity severity_of(Owner owner) {
  return interact(owner, Owner::kube_proxy) ? Severity::error : Severity::warning;
}

Finding finding_of(Owner owner, const SecondCopy& copy) {
  return {
      .severity = severity_of(owner),
      .subject = std::string{to_string(owner)},
      .message = fmt::format(
          "{} translates addresses in legacy nat and in nf_tables nat. The set that was registered "
          "last sees a connection first and decides it; this changes with every boot and cannot be "
          "told from the rules.",
          to_string(owner)),
      .evidence = {describe_translations(copy, Backend::legacy),
                   describe_translations(copy, Backend::nf_tables)},
      .remedy = {
          "leave one copy only: see what owner_in_both says of the same rules",
          "connections that the stale copy decided stay as they are until they end; a reboot ends "
          "them all"}};
}

/// A name that several share is not asked for: each of them writes its masquerading into its own
/// backend, and a connection is masqueraded by whichever comes first.
CheckOutcome judge_nat_order(const Snapshot& snapshot) {
  CheckOutcome outcome;
  for (const Domain& domain : domains_of(snapshot))
    for (const Owner owner : all_owners())
      if (const auto copy = second_copy_of(*domain.network, owner, &OwnerUse::translations))
        outcome.findings.push_back(finding_of(owner, *copy));
  return outcome;
}

}  // namespace

Check nat_order() {
  return {
      .id = "nat_order",
      .title = "Each owner translates addresses in one backend only",
      .severity = Severity::error,
      .needs = kNeeds<Fact::legacy_rules, Fact::nft_rules>,
      .run = judge_nat_order,
      .looks_for =
          "DNAT, SNAT, MASQUERADE and REDIRECT rules of one owner in the nat tables of legacy and "
          "of nf_tables, in the same address family. Different owners on different sides are "
          "backend_mismatch or mode_split.",
      .matters =
          "The first nat rule that matches decides a connection for its whole life. Both base "
          "chains "
          "have the same priority, and of those the one that was registered last runs first "
          "(measured on Linux 6.18, for nat and for filter): the winner depends on load order, so "
          "a "
          "node can work until its next boot. That legacy always runs first is a common belief and "
          "does not hold.",
      .mend =
          "Remove the stale copy, see owner_in_both. Connections that it decided last until they "
          "end, or until a reboot.",
      .sources =
          "Linux net/netfilter/core.c: nf_hook_entries_grow(), equal priorities\n"
          "kubernetes-sigs/iptables-wrappers: README on rule order\n"
          "kubernetes/kubernetes#109811"};
}

}  // namespace iptmode::checks
