// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnose/standing.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "diagnose/subject_names.h"
#include "diagnose/wrapper_choice.h"

namespace iptmode::checks {
namespace {

bool starts_in(const std::string& path, const std::string& directory) {
  return !directory.empty() && path.starts_with(directory + "/");
}

/// kubelet's PATH begins with k0s' bin directory, so what lies there is what kubelet runs.
const Installation* installation_of(const Component& component, const Snapshot& snapshot) {
  if (component.installation) return &*component.installation;
  const bool under_k0s = component.kind == ComponentKind::kubelet && snapshot.k0s &&
                         starts_in(component.executable, snapshot.k0s->bin_dir);
  return under_k0s ? &snapshot.k0s->installation : nullptr;
}

bool takes_from_k0s(const Standing& standing, const K0s& k0s) {
  if (standing.installation == nullptr) return false;
  const Program* const primary = standing.installation->primary();
  return standing.installation == &k0s.installation ||
         (primary != nullptr && starts_in(primary->path, k0s.bin_dir));
}

/// Where its rules are, family by family. Chains without a rule count only for one who has no rules
/// anywhere: kubelet, whose hint is an empty chain.
void settle_effect(Standing& standing, const NetworkState& network) {
  const bool by_rules = standing.legacy.rules > 0 || standing.nft.rules > 0;
  const auto holds = [&](Backend backend, IpFamily family) {
    const OwnerUse use = network.use_of(standing.owner, backend, family);
    return by_rules ? use.rules > 0 : use.chains > 0;
  };
  for (const IpFamily family : kAllIpFamilies) {
    const bool in_legacy = holds(Backend::legacy, family);
    const bool in_nft = holds(Backend::nf_tables, family);
    standing.in_both = standing.in_both || (in_legacy && in_nft);
    if (in_legacy == in_nft) continue;
    const Backend side = in_legacy ? Backend::legacy : Backend::nf_tables;
    if (!standing.effect) standing.effect = side;  // IPv4 comes first and decides
    standing.families_apart = standing.effect != side;
  }
  if (!standing.in_both) return;
  standing.effect.reset();
  standing.families_apart = false;
}

void settle_binary(Standing& standing) {
  const bool by_name =
      standing.component != nullptr && traits(standing.component->kind).use == IptablesUse::by_name;
  if (by_name) {
    standing.binary = standing.component->declared.backend;
    return;
  }
  if (standing.installation == nullptr) return;
  standing.pending = wrapper_is_pending(*standing.installation);
  const Program* const primary = standing.installation->primary();
  if (primary != nullptr && !standing.pending) standing.binary = primary->identity().backend;
}

Standing standing_of(const Component& component, const Domain& domain, const Snapshot& snapshot) {
  const NetworkState& network = *domain.network;
  const OwnerSet owner = traits(component.kind).owner;
  Standing standing{.subject = subject_of(component),
                    .name = std::string{to_string(component.kind)},
                    .component = &component,
                    .installation = installation_of(component, snapshot),
                    .owner = owner,
                    .legacy = network.use_of(owner, Backend::legacy),
                    .nft = network.use_of(owner, Backend::nf_tables),
                    .rules_read = network.legacy && network.nft};
  settle_effect(standing, network);
  settle_binary(standing);
  return standing;
}

bool writes_iptables(const Component& component) {
  const IptablesUse use = traits(component.kind).use;
  if (component.declared.native_nft) return false;
  return use == IptablesUse::by_link || use == IptablesUse::by_name ||
         (use == IptablesUse::native && component.declared.backend);
}

/// A bin directory that serves nobody here (a mere controller's) stands on no side.
bool bin_stands_alone(const std::vector<Standing>& standings, const Snapshot& snapshot) {
  if (!snapshot.k0s || snapshot.k0s->installation.empty()) return false;
  if (snapshot.node.role == NodeRole::controller) return false;
  return std::ranges::none_of(standings, [&](const Standing& standing) {
    return standing.is(ComponentKind::kubelet) && takes_from_k0s(standing, *snapshot.k0s);
  });
}

std::optional<Backend> side_of(const std::vector<Standing>& standings, ComponentKind kind) {
  const auto found = std::ranges::find_if(standings, [&](const Standing& standing) {
    return standing.is(kind) || (kind == ComponentKind::kubelet && standing.component == nullptr);
  });
  return found == standings.end() ? std::nullopt : found->side();
}

bool is_of_kubernetes(const Standing& standing) {
  return standing.component == nullptr || traits(standing.component->kind).kubernetes;
}

/// Where most of those that `counts` selects are; nothing on a tie.
template <class Counts>
std::optional<Backend> majority_of(const std::vector<Standing>& standings, Counts counts) {
  const auto on = [&](Backend backend) {
    return std::ranges::count_if(standings, [&](const Standing& standing) {
      return counts(standing) && standing.side() == backend;
    });
  };
  const auto legacy = on(Backend::legacy);
  const auto nft = on(Backend::nf_tables);
  if (legacy == nft) return std::nullopt;
  return legacy > nft ? Backend::legacy : Backend::nf_tables;
}

}  // namespace

std::optional<Backend> Standing::side() const {
  return effect ? effect : binary;
}

const OwnerUse& Standing::use_in(Backend backend) const {
  return backend == Backend::legacy ? legacy : nft;
}

bool Standing::is(ComponentKind kind) const {
  return component != nullptr && component->kind == kind;
}

std::vector<Standing> standings_of(const Domain& domain, const Snapshot& snapshot) {
  std::vector<Standing> standings;
  for (const Component* component : domain.components)
    if (writes_iptables(*component)) standings.push_back(standing_of(*component, domain, snapshot));
  if (domain.is_node && bin_stands_alone(standings, snapshot)) {
    Standing bin{.subject = subject_of(*snapshot.k0s),
                 .name = "k0s",
                 .installation = &snapshot.k0s->installation,
                 .rules_read = domain.network->legacy && domain.network->nft};
    settle_binary(bin);
    standings.insert(standings.begin(), std::move(bin));
  }
  return standings;
}

std::optional<Backend> node_backend(const std::vector<Standing>& standings) {
  const auto kubelet = side_of(standings, ComponentKind::kubelet);
  if (kubelet && kubelet == side_of(standings, ComponentKind::kube_proxy)) return kubelet;
  if (const auto most = majority_of(standings, is_of_kubernetes)) return most;
  if (kubelet) return kubelet;
  if (const auto proxy = side_of(standings, ComponentKind::kube_proxy)) return proxy;
  return majority_of(standings, [](const Standing&) { return true; });
}

std::string describe_rules(const Standing& standing) {
  std::vector<std::string> parts;
  for (const Backend backend : {Backend::legacy, Backend::nf_tables}) {
    const OwnerUse& use = standing.use_in(backend);
    if (use.rules == 0 && use.chains == 0) continue;
    const std::string count =
        use.rules > 0 ? count_of(use.rules, "rule") : count_of(use.chains, "chain");
    const std::string patterns =
        use.patterns.empty() ? "" : fmt::format(" ({})", some_of(use.patterns));
    parts.push_back(fmt::format("{} in {}{}", count, to_string(backend), patterns));
  }
  if (parts.empty()) parts.emplace_back("no rules of its own");
  if (!standing.rules_read) parts.emplace_back("not all rules were read");
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string describe(const Standing& standing) {
  const bool by_name =
      standing.component != nullptr && traits(standing.component->kind).use == IptablesUse::by_name;
  const std::string program = by_name ? "it calls iptables-nft-* or iptables-legacy-* by name"
                              : standing.installation == nullptr
                                  ? "its iptables was not looked at"
                                  : describe_iptables(*standing.installation);
  if (standing.owner.empty()) return fmt::format("{}: {}", standing.subject, program);
  return fmt::format("{}: {}; {}", standing.subject, program, describe_rules(standing));
}

std::string describe_unknown_writers(const NetworkState& network, Backend backend) {
  const OwnerUse use = network.use_of({}, backend);
  if (use.rules == 0) return {};
  return fmt::format("{}: also {} of writers that are not known", to_string(backend),
                     count_of(use.rules, "rule"));
}

std::string describe_hint(const NetworkState& network) {
  std::vector<std::string> where;
  for (const Backend backend : kAllBackends) {
    if (!network.hints.contains(backend)) {
      where.push_back(fmt::format("not read in {}", to_string(backend)));
    } else if (network.hint_in(backend)) {
      where.push_back(fmt::format("in {}", to_string(backend)));
    }
  }
  return fmt::format("kubelet's hint is {}", where.empty() ? "nowhere" : join_names(where));
}

}  // namespace iptmode::checks
