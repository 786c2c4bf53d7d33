// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include <fmt/format.h>

#include "diagnose/checks.h"
#include "diagnose/cni_side.h"
#include "diagnose/domains.h"
#include "diagnose/node_commands.h"
#include "diagnose/standing.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

/// Rules of one owner (or a shared name) that are, for some address family, only in the backend the
/// node does not use.
struct Stray {
  OwnerUse use = {};
  std::vector<OwnerUse> met = {};  ///< owners on the node's side whose rules it interferes with
};

/// The rules without a chain or comment that come with a known writer: kube-router's masquerading,
/// Docker's per bridge. More than these are somebody's own.
constexpr std::uint64_t kFewRules = 8;

bool interact_any(OwnerSet a, OwnerSet b) {
  const auto mine = a.members();
  const auto theirs = b.members();
  return std::ranges::any_of(mine, [&](Owner x) {
    return std::ranges::any_of(theirs, [&](Owner y) { return interact(x, y); });
  });
}

/// Where the node is: by who lives here, else where most rules are.
Backend home_of(const Domain& domain, const Snapshot& snapshot) {
  if (const auto home = node_backend(standings_of(domain, snapshot))) return *home;
  const NetworkState& network = *domain.network;
  return network.rules_in(Backend::legacy) > network.rules_in(Backend::nf_tables)
             ? Backend::legacy
             : Backend::nf_tables;
}

/// A component that lives here and is on the other side is backend_mismatch's to report, as long as
/// another one on the node's side interacts with it; here remain the rules without such a
/// component.
bool is_told_of_a_member(OwnerSet owners, const std::vector<Standing>& standings, Backend home) {
  return std::ranges::any_of(standings, [&](const Standing& member) {
    if (!owners.intersects(member.owner)) return false;
    return std::ranges::any_of(standings, [&](const Standing& resident) {
      return &resident != &member && resident.side() == home &&
             (resident.owner.empty() || interact_any(member.owner, resident.owner));
    });
  });
}

/// Somebody who is known and runs here has rules there as well: what is said of it says enough.
bool comes_with_a_member(const OwnerUse& use, const std::vector<Standing>& standings,
                         Backend away) {
  return use.owners.empty() && use.rules <= kFewRules &&
         std::ranges::any_of(standings, [&](const Standing& member) {
           return member.side() == away && member.use_in(away).rules > 0;
         });
}

/// On a Kubernetes node docker_coexist and ufw_active speak of these, and know how to mend it; the
/// few rules that come with theirs need no other word.
bool has_a_check_of_its_own(const OwnerUse& use, const Domain& domain, Backend away) {
  if (!domain.runs_kubernetes()) return false;
  for (const Owner owner : {Owner::docker, Owner::ufw}) {
    const bool comes_with_it = use.owners.empty() && use.rules <= kFewRules &&
                               domain.network->use_of(owner, away).rules > 0;
    if (use.owners == OwnerSet{owner} || comes_with_it) return true;
  }
  return false;
}

Stray& stray_of(std::vector<Stray>& strays, OwnerSet owners) {
  const auto known =
      std::ranges::find_if(strays, [&](const Stray& stray) { return stray.use.owners == owners; });
  if (known != strays.end()) return *known;
  return strays.emplace_back(Stray{.use = {.owners = owners}});
}

void add_use(OwnerUse& sum, const OwnerUse& part) {
  sum.rules += part.rules;
  for (const std::string& pattern : part.patterns)
    if (std::ranges::find(sum.patterns, pattern) == sum.patterns.end())
      sum.patterns.push_back(pattern);
}

void add_met(std::vector<OwnerUse>& met, const OwnerUse& resident) {
  const auto known = std::ranges::find(met, resident.owners, &OwnerUse::owners);
  if (known == met.end())
    met.push_back(resident);
  else
    add_use(*known, resident);
}

/// IPv4 and IPv6 rules never meet, so each family is looked at alone.
void add_strays(std::vector<Stray>& strays, const NetworkState& network, Backend home,
                IpFamily family) {
  const std::vector<OwnerUse> at_home = network.users_of(home, family);
  for (const OwnerUse& use : network.users_of(other(home), family)) {
    const bool second_copy =
        !use.owners.empty() && network.use_of(use.owners, home, family).rules > 0;
    if (use.rules == 0 || second_copy) continue;
    Stray& stray = stray_of(strays, use.owners);
    add_use(stray.use, use);
    for (const OwnerUse& resident : at_home)
      if (resident.rules > 0 && interact_any(use.owners, resident.owners))
        add_met(stray.met, resident);
  }
}

std::vector<Stray> strays_of(const Domain& domain, const Snapshot& snapshot, Backend home) {
  const std::vector<Standing> standings = standings_of(domain, snapshot);
  std::vector<Stray> strays;
  for (const IpFamily family : kAllIpFamilies) add_strays(strays, *domain.network, home, family);
  std::erase_if(strays, [&](const Stray& stray) {
    const bool told = !stray.met.empty() && is_told_of_a_member(stray.use.owners, standings, home);
    return told || has_a_check_of_its_own(stray.use, domain, other(home)) ||
           comes_with_a_member(stray.use, standings, other(home));
  });
  return strays;
}

bool serves_only_itself(OwnerSet owners) {
  return std::ranges::none_of(owners.members(),
                              [](Owner owner) { return interact(owner, Owner::kube_proxy); });
}

std::string describe_use(const OwnerUse& use) {
  return fmt::format("{}: {}{}", to_string(use.owners), count_of(use.rules, "rule"),
                     use.patterns.empty() || use.patterns.front().empty()
                         ? ""
                         : fmt::format(" ({})", some_of(use.patterns)));
}

std::string subject_of_stray(const Stray& stray, Backend away) {
  const std::string who =
      stray.use.owners.empty() ? "rules of unknown writers" : to_string(stray.use.owners);
  return fmt::format("{} in {}", who, to_string(away));
}

std::string message_of(const Stray& stray, Backend home) {
  const std::string_view away = to_string(other(home));
  const std::string count = count_of(stray.use.rules, "rule");
  if (stray.use.owners.empty())
    return fmt::format(
        "{} in {} of a writer that is not known, while this node is in {}. What they drop or "
        "rewrite, no rule in {} can take back.",
        count, away, to_string(home), to_string(home));
  const std::string who = to_string(stray.use.owners);
  if (stray.met.empty())
    return fmt::format(
        "{} keeps its {} in {} while this node is in {}. {}, so both can live side "
        "by side.",
        who, count, away, to_string(home),
        serves_only_itself(stray.use.owners)
            ? "It serves its own traffic only"
            : fmt::format("No rule in {} acts on the same packets now", to_string(home)));
  std::vector<std::string> names;
  for (const OwnerUse& use : stray.met)
    names.push_back(use.owners.empty() ? "others" : to_string(use.owners));
  return fmt::format(
      "{} of {} {} in {} while {} {} in {}. Both are run on the same packets, and an accept in one "
      "does not overrule a drop in the other.",
      count, who, stray.use.rules == 1 ? "is" : "are", away, join_names(names),
      names.size() == 1 ? "is" : "are", to_string(home));
}

/// Who runs the host's iptables writes to `home` after a restart.
std::string move_writer(const Snapshot& snapshot, Backend home, std::string_view writer) {
  if (host_is_on(snapshot, home))
    return fmt::format("restart {}: the host's iptables is {} already", writer, to_string(home));
  return fmt::format("{}; then restart {}", switch_host(home), writer);
}

std::string move_cni(const Domain& domain, const Snapshot& snapshot, Backend home) {
  const auto side = cni_side(domain, snapshot);
  if (side && side->backend == home)
    return fmt::format(
        "CNI plugins write {} by now: delete the pods with host ports, so that they "
        "are made anew",
        to_string(home));
  return "CNI plugins take their iptables from containerd's PATH: let containerd run under k0s, or "
         "bring the host's iptables to the same backend; then recreate the pods with host ports";
}

std::vector<std::string> remedy_of(const Stray& stray, const Domain& domain,
                                   const Snapshot& snapshot, Backend home) {
  const OwnerSet owners = stray.use.owners;
  if (!owners.empty() && stray.met.empty() && serves_only_itself(owners))
    return {"nothing has to be done", fmt::format("to have one backend all the same: {}",
                                                  move_writer(snapshot, home, to_string(owners)))};
  std::vector<std::string> steps;
  if (owners.intersects(Owner::cni)) {
    steps.push_back(move_cni(domain, snapshot, home));
  } else {
    steps.push_back("if its writer still runs, " + move_writer(snapshot, home, "it"));
  }
  for (std::string& step : clear_backend(snapshot, *domain.network, other(home), owners))
    steps.push_back(std::move(step));
  return steps;
}

Finding finding_of(const Stray& stray, const Domain& domain, const Snapshot& snapshot,
                   Backend home) {
  const bool harmful = !stray.met.empty();
  Finding finding{.severity = harmful ? Severity::error : Severity::warning,
                  .subject = subject_of_stray(stray, other(home)),
                  .message = message_of(stray, home)};
  finding.evidence.push_back(
      fmt::format("{}: {}", to_string(other(home)), describe_use(stray.use)));
  for (const OwnerUse& use : stray.met)
    finding.evidence.push_back(fmt::format("{}: {}", to_string(home), describe_use(use)));
  if (const std::string unknown = describe_unknown_writers(*domain.network, other(home));
      !unknown.empty() && !stray.use.owners.empty())
    finding.evidence.push_back(unknown);
  finding.evidence.push_back(describe_hint(*domain.network));
  finding.remedy = remedy_of(stray, domain, snapshot, home);
  return finding;
}

CheckOutcome judge_mode_split(const Snapshot& snapshot) {
  CheckOutcome outcome;
  for (const Domain& domain : domains_of(snapshot)) {
    const Backend home = home_of(domain, snapshot);
    if (domain.network->rules_in(home) == 0) continue;
    for (const Stray& stray : strays_of(domain, snapshot, home))
      outcome.findings.push_back(finding_of(stray, domain, snapshot, home));
  }
  return outcome;
}

}  // namespace

Check mode_split() {
  return {
      .id = "mode_split",
      .title = "No rules lie beside the node's backend",
      .severity = Severity::error,
      .needs = kNeeds<Fact::processes, Fact::legacy_rules, Fact::nft_rules>,
      .run = judge_mode_split,
      .looks_for =
          "Rules in the backend that this node does not use, by owners who have none in the one it "
          "uses: CNI plugins, leftovers of a component that is gone, rules of unknown "
          "writers. Tables that are registered but empty do not count, nor do a few rules of "
          "unknown "
          "writers where a known one that runs here has its rules. A component that runs here "
          "on the wrong side is reported by backend_mismatch, a second copy by owner_in_both, what "
          "is "
          "Docker's or ufw's on a Kubernetes node by docker_coexist and ufw_active.",
      .matters =
          "Rule sets that serve only their own traffic may live in different backends for years: "
          "that is a warning. It is an error when they act on the same packets as Kubernetes' "
          "rules: "
          "pods without network, name resolution that times out, node ports that drop.",
      .mend =
          "Bring the writer to the node's backend, or leave it if the finding says that it serves "
          "its own traffic only. Rules whose writer is gone are removed by a reboot, or by saving "
          "and emptying the tables while k0s is stopped.",
      .sources =
          "kubernetes/kubernetes#71305\n"
          "kubernetes/node-problem-detector#844\n"
          "weaveworks/weave#3465\n"
          "projectcalico/calico#2322\n"
          "k3s-io/k3s#2260\n"
          "cilium/cilium#28260"};
}

}  // namespace iptmode::checks
