// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include <fmt/format.h>

#include "diagnose/checks.h"
#include "diagnose/cni_side.h"
#include "diagnose/domains.h"
#include "diagnose/node_commands.h"
#include "diagnose/second_copy.h"
#include "diagnose/standing.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

/// Two copies of one owner's rules.
struct Copies {
  OwnerSet owners = {};
  SecondCopy rules = {};
  std::string writer = {};  ///< who keeps them up to date; empty when nobody runs here
  std::optional<Backend> live = {};
  std::string live_reason = {};
};

/// The writer's binary decides; where it does not say, kubelet's hint makes one copy likely, but
/// likely is not enough to call the other one stale.
void settle_live(Copies& copies, const std::vector<Standing>& standings) {
  const auto writer = std::ranges::find_if(standings, [&](const Standing& standing) {
    return !standing.owner.empty() && copies.owners.intersects(standing.owner);
  });
  if (writer == standings.end()) return;
  copies.writer = writer->subject;
  if (!writer->binary) return;
  copies.live = writer->binary;
  copies.live_reason = fmt::format("{} writes {}", writer->subject, to_string(*writer->binary));
}

bool is_of_cni(OwnerSet owners) {
  return owners == OwnerSet{Owner::cni};
}

/// CNI plugins are no process that runs here; what containerd hands on to them decides.
void settle_cni(Copies& copies, const Domain& domain, const Snapshot& snapshot) {
  const auto side = is_of_cni(copies.owners) ? cni_side(domain, snapshot) : std::nullopt;
  if (!side) return;
  copies.live = side->backend;
  copies.live_reason = side->reason;
}

/// KUBE-FIREWALL, KUBE-MARK-MASQ, KUBE-POSTROUTING: their rules are fixed, whoever writes them.
bool is_shared(OwnerSet owners) {
  return owners.members().size() > 1;
}

/// Names that kubelet and kube-proxy share are in both as soon as the two are apart: that is
/// backend_mismatch. Here they count only when the two are together.
bool is_shared_and_apart(OwnerSet owners, const std::vector<Standing>& standings) {
  if (!is_shared(owners)) return false;
  std::optional<Backend> first;
  for (const Standing& standing : standings) {
    if (!owners.intersects(standing.owner) || !standing.side()) continue;
    if (standing.families_apart) return true;
    if (first && first != standing.side()) return true;
    first = standing.side();
  }
  return false;
}

std::vector<Copies> copies_in(const Domain& domain, const Snapshot& snapshot) {
  const NetworkState& network = *domain.network;
  const std::vector<Standing> standings = standings_of(domain, snapshot);
  std::vector<Copies> all;
  for (const OwnerUse& legacy : network.users_of(Backend::legacy)) {
    const bool kubelets_own = legacy.owners == OwnerSet{Owner::kubelet};  // see hint_in_both
    if (legacy.owners.empty() || kubelets_own) continue;
    const auto rules = second_copy_of(network, legacy.owners, &OwnerUse::rules);
    if (!rules || is_shared_and_apart(legacy.owners, standings)) continue;
    Copies copies{.owners = legacy.owners, .rules = *rules};
    settle_live(copies, standings);
    settle_cni(copies, domain, snapshot);
    all.push_back(std::move(copies));
  }
  return all;
}

/// A shared name is no second fault when one of its owners is in both anyway.
void drop_shared_duplicates(std::vector<Copies>& all) {
  const auto alone = [](const Copies& copies) { return copies.owners.members().size() == 1; };
  std::vector<OwnerSet> single;
  for (const Copies& copies : all)
    if (alone(copies)) single.push_back(copies.owners);
  std::erase_if(all, [&](const Copies& copies) {
    return !alone(copies) && std::ranges::any_of(single, [&](OwnerSet owner) {
      return copies.owners.intersects(owner);
    });
  });
}

/// An owner that interacts with nobody but itself and firewalls only gets in its own way.
bool serves_only_itself(OwnerSet owners) {
  return std::ranges::none_of(owners.members(),
                              [](Owner owner) { return interact(owner, Owner::kube_proxy); });
}

Severity severity_of(OwnerSet owners) {
  if (is_shared(owners)) return Severity::info;
  return serves_only_itself(owners) ? Severity::warning : Severity::error;
}

std::string message_of(const Copies& copies) {
  const std::string who = to_string(copies.owners);
  if (is_shared(copies.owners))
    return fmt::format(
        "Chains that kubelet and kube-proxy share ({}) are in both backends: one copy is left over "
        "from another mode. They hold the same everywhere, so packets are not handled otherwise.",
        who);
  if (!copies.live)
    return fmt::format(
        "{} has rules in legacy and in nf_tables; {}. The kernel runs both, so at least one sends "
        "packets where they belonged earlier.",
        who,
        copies.writer.empty() ? "nothing that runs here keeps either up to date"
                              : "which of them is kept up to date is not known");
  if (is_of_cni(copies.owners))
    return fmt::format(
        "cni has rules in both backends: CNI plugins write {0} now, and what is in {1} nobody "
        "updates or removes. The kernel runs both, so packets still go to pods of earlier.",
        to_string(*copies.live), to_string(other(*copies.live)));
  return fmt::format(
      "{} has rules in both backends: {} is live, {} is a stale copy that nobody updates. The "
      "kernel "
      "runs both, so packets still go to endpoints and policies of earlier.",
      who, to_string(*copies.live), to_string(other(*copies.live)));
}

std::string describe_copy(const Copies& copies, Backend backend) {
  const OwnerUse& use = copies.rules.in(backend);
  const std::string_view family = copies.rules.family;
  return fmt::format("{}{}{}: {} in {} ({})", to_string(backend), family.empty() ? "" : " ", family,
                     count_of(use.rules, "rule"), count_of(use.chains, "chain"),
                     some_of(use.patterns));
}

std::vector<std::string> remedy_of(const Copies& copies, const Domain& domain,
                                   const Snapshot& snapshot) {
  const bool cni = is_of_cni(copies.owners);
  if (is_shared(copies.owners))
    return {"nothing has to be done; the copy that is left over goes with a reboot"};
  if (copies.live) {
    std::vector<std::string> steps =
        clear_backend(snapshot, *domain.network, other(*copies.live), copies.owners);
    if (cni && steps.size() > 1)
      steps.emplace_back(
          "a pod whose hostPort was in the stale copy only is then without it (hostport_orphan "
          "names it): delete the pod, so that it is made anew");
    return steps;
  }
  return {"reboot the node: both copies go, and whoever still runs writes one anew",
          cni ? "without a reboot, find out which iptables the PATH of containerd leads to: CNI "
                "plugins write there, each pod's rules once, when it starts"
              : "without a reboot, find out first which copy changes: save both twice and compare"};
}

Finding finding_of(const Copies& copies, const Domain& domain, const Snapshot& snapshot) {
  Finding finding{.severity = severity_of(copies.owners),
                  .subject = copies.writer.empty() ? to_string(copies.owners) : copies.writer,
                  .message = message_of(copies),
                  .evidence = {describe_copy(copies, Backend::legacy),
                               describe_copy(copies, Backend::nf_tables)}};
  if (!copies.live_reason.empty()) finding.evidence.push_back(copies.live_reason);
  finding.evidence.push_back(describe_hint(*domain.network));
  finding.remedy = remedy_of(copies, domain, snapshot);
  return finding;
}

CheckOutcome judge_owner_in_both(const Snapshot& snapshot) {
  CheckOutcome outcome;
  for (const Domain& domain : domains_of(snapshot)) {
    std::vector<Copies> all = copies_in(domain, snapshot);
    drop_shared_duplicates(all);
    for (const Copies& copies : all)
      outcome.findings.push_back(finding_of(copies, domain, snapshot));
  }
  return outcome;
}

}  // namespace

Check owner_in_both() {
  return {
      .id = "owner_in_both",
      .title = "Nobody has rules in both backends",
      .severity = Severity::error,
      .needs = kNeeds<Fact::legacy_rules, Fact::nft_rules>,
      .run = judge_owner_in_both,
      .looks_for =
          "Chains of one owner (KUBE-SVC-*, KUBE-ROUTER-*, cali-*, CNI-*, ...) that hold rules in "
          "legacy and in nf_tables for the same address family. The copy in the backend that the "
          "running component would write "
          "is the live one, the other is stale; CNI plugins write what k0s' bin directory has, "
          "where containerd is k0s' own. kubelet's hint has a check of its own, and chains "
          "that "
          "kubelet and kube-proxy share are a note.",
      .matters =
          "Nobody updates the stale copy, and the kernel runs it on every packet: services reach "
          "pods that are gone (no route to host), removed network policies still drop, sets cannot "
          "be destroyed because old rules hold them.",
      .mend =
          "Reboot the node, or stop k0s, save and empty the tables of the stale backend, start "
          "k0s. "
          "Restarting the component does not help: it only looks at the backend it uses.",
      .sources =
          "kubernetes/kubernetes#109811\n"
          "projectcalico/calico#5482\n"
          "projectcalico/calico#13579: felix removes what it left in the other backend\n"
          "Azure/azure-container-networking#3090"};
}

}  // namespace iptmode::checks
