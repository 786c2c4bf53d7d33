// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnose/backend_oddity.h"

#include <algorithm>
#include <optional>

#include "diagnose/forward_policy.h"

namespace iptmode::checks {
namespace {

bool interacts_with(const Standing& a, const Standing& b) {
  for (const Owner mine : a.owner.members())
    for (const Owner theirs : b.owner.members())
      if (interact(mine, theirs)) return true;
  return a.owner.empty() || b.owner.empty();  // the bin directory: kubelet's and the CNI plugins'
}

Severity severity_of_binary(const Standing& odd, const MismatchView& view) {
  const bool writes_for_others = odd.component == nullptr || odd.is(ComponentKind::kubelet);
  const bool running = odd.component != nullptr || view.snapshot.k0s->running;
  return writes_for_others && running ? Severity::error : Severity::warning;
}

}  // namespace

Oddity oddity_of(const Standing& standing, Backend node) {
  const std::optional<Backend> odd{other(node)};
  if (standing.in_both) return standing.binary == odd ? Oddity::in_both : Oddity::none;
  if (standing.effect == odd) return Oddity::effect;
  // kubelet's is its hint: hint_in_both tells of one that differs by family.
  if (standing.families_apart && !standing.is(ComponentKind::kubelet)) return Oddity::ipv6;
  if (standing.binary != odd) return Oddity::none;
  if (!standing.effect) return Oddity::binary;
  // kubelet's effect is its hint: hint_mismatch is about just this.
  return standing.is(ComponentKind::kubelet) ? Oddity::none : Oddity::next_write;
}

std::vector<const Standing*> counterparts_of(const Standing& odd, const MismatchView& view) {
  std::vector<const Standing*> found;
  for (const Standing& standing : view.standings) {
    const bool there = standing.side() == view.node && &standing != &odd;
    if (there && interacts_with(odd, standing)) found.push_back(&standing);
  }
  return found;
}

bool meets_ipv6(const Standing& odd, const MismatchView& view) {
  const auto interacts = [&](const OwnerUse& use) {
    if (use.rules == 0 || use.owners.intersects(odd.owner)) return false;
    return std::ranges::any_of(use.owners.members(), [&](Owner theirs) {
      return std::ranges::any_of(odd.owner.members(),
                                 [&](Owner mine) { return interact(mine, theirs); });
    });
  };
  return std::ranges::any_of(view.network.users_of(view.node, IpFamily::ipv6), interacts);
}

Severity severity_of(const Standing& odd, Oddity oddity, const MismatchView& view) {
  if (oddity == Oddity::binary && odd.rules_read) return severity_of_binary(odd, view);
  if (oddity == Oddity::ipv6) return meets_ipv6(odd, view) ? Severity::error : Severity::warning;
  const bool live = oddity == Oddity::effect || oddity == Oddity::in_both;
  const bool met = std::ranges::any_of(counterparts_of(odd, view), [&](const Standing* standing) {
    return standing->use_in(view.node).rules > 0;
  });
  const bool with_rules = odd.use_in(other(view.node)).rules > 0;
  return live && met && with_rules && any_forward_drops(view.network) ? Severity::critical
                                                                      : Severity::error;
}

}  // namespace iptmode::checks
