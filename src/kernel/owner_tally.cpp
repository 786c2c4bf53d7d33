// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/owner_tally.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

namespace iptmode::kernel {
namespace {

constexpr std::size_t kMaxPatterns = 32;  // of one owner; the longest list today has about 20

bool nobody_last(const OwnerUse& lhs, const OwnerUse& rhs) {
  return std::tuple(lhs.owners.empty(), lhs.owners) < std::tuple(rhs.owners.empty(), rhs.owners);
}

}  // namespace

OwnerTally::Entry& OwnerTally::entry(const Attribution& owner) {
  auto found = std::ranges::find(entries_, owner.owners, &Entry::owners);
  if (found == entries_.end())
    found = entries_.insert(entries_.end(), Entry{.owners = owner.owners});
  auto& patterns = found->patterns;
  if (!owner.pattern.empty() && patterns.size() < kMaxPatterns &&
      std::ranges::find(patterns, owner.pattern) == patterns.end())
    patterns.push_back(owner.pattern);
  return *found;
}

void OwnerTally::add_rules(const Attribution& owner, std::uint64_t rules,
                           std::uint64_t translations) {
  if (rules == 0) return;
  Entry& use = entry(owner);
  use.rules += rules;
  use.translations += translations;
}

std::vector<OwnerUse> OwnerTally::take() {
  std::vector<OwnerUse> uses;
  for (const Entry& found : std::exchange(entries_, {})) {
    OwnerUse use{.owners = found.owners,
                 .chains = found.chains,
                 .rules = found.rules,
                 .translations = found.translations};
    use.patterns.assign(found.patterns.begin(), found.patterns.end());
    std::ranges::sort(use.patterns);
    uses.push_back(std::move(use));
  }
  std::ranges::sort(uses, nobody_last);
  return uses;
}

Attribution attribute_rule(const Attribution& chain, std::string_view jumps_to,
                           std::string_view comment) {
  if (!chain.owners.empty()) return chain;
  if (!jumps_to.empty())
    if (const Attribution target = attribute_chain(jumps_to); !target.owners.empty()) return target;
  return comment.empty() ? Attribution{} : attribute_comment(comment);
}

void note_hint(std::string_view chain, HintChains& hints) {
  if (chain == "KUBE-IPTABLES-HINT") hints.ipt_hint = true;
  if (chain == "KUBE-KUBELET-CANARY") hints.canary = true;
}

}  // namespace iptmode::kernel
