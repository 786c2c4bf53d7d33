// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/kernel_state.h"

#include <algorithm>
#include <set>

namespace iptmode {
namespace {

/// Whether the table holds iptables or ip6tables rules. arptables-nft and ebtables-nft write compat
/// tables too, but to those the two backends of iptables mean nothing.
bool is_iptables_table(const NftTable& table) {
  return table.compat && (table.family == "ip" || table.family == "ip6");
}

IpFamily family_of(const LegacyTable& table) {
  return table.family;
}

IpFamily family_of(const NftTable& table) {
  return table.family == "ip6" ? IpFamily::ipv6 : IpFamily::ipv4;
}

/// Calls `visit(table)` for each iptables table of `backend`, of whichever type it is.
template <class Visit>
void for_each_table(const NetworkState& state, Backend backend, Visit visit) {
  if (backend == Backend::legacy && state.legacy)
    for (const LegacyTable& table : *state.legacy) visit(table);
  if (backend == Backend::nf_tables && state.nft)
    for (const NftTable& table : *state.nft)
      if (is_iptables_table(table)) visit(table);
}

template <class Visit>
void for_each_table(const NetworkState& state, Backend backend, std::optional<IpFamily> family,
                    Visit visit) {
  for_each_table(state, backend, [&](const auto& table) {
    if (!family || family_of(table) == *family) visit(table);
  });
}

void add(OwnerUse& sum, const OwnerUse& part) {
  sum.chains += part.chains;
  sum.rules += part.rules;
  sum.translations += part.translations;
  std::set<std::string> patterns{sum.patterns.begin(), sum.patterns.end()};
  patterns.insert(part.patterns.begin(), part.patterns.end());
  sum.patterns.assign(patterns.begin(), patterns.end());
}

bool in_use(const OwnerUse& use) {
  return use.chains > 0 || use.rules > 0;
}

OwnerUse sum_of(const NetworkState& state, OwnerSet owner, Backend backend,
                std::optional<IpFamily> family) {
  OwnerUse sum{.owners = owner};
  for_each_table(state, backend, family, [&](const auto& table) {
    for (const OwnerUse& use : table.owners)
      if (use.owners == owner) add(sum, use);
  });
  return sum;
}

/// By owners, nobody last.
bool before(const OwnerUse& a, const OwnerUse& b) {
  if (a.owners.empty() != b.owners.empty()) return b.owners.empty();
  return a.owners < b.owners;
}

std::vector<OwnerUse> users_in(const NetworkState& state, Backend backend,
                               std::optional<IpFamily> family) {
  std::vector<OwnerUse> users;
  for_each_table(state, backend, family, [&](const auto& table) {
    for (const OwnerUse& use : table.owners) {
      if (!in_use(use)) continue;
      const auto known = std::find_if(users.begin(), users.end(), [&](const OwnerUse& user) {
        return user.owners == use.owners;
      });
      if (known != users.end()) {
        add(*known, use);
      } else {
        users.push_back(use);
      }
    }
  });
  std::sort(users.begin(), users.end(), before);
  return users;
}

}  // namespace

Encodings& Encodings::operator+=(const Encodings& rhs) {
  short_prefix += rhs.short_prefix;
  masked_prefix += rhs.masked_prefix;
  native_mark += rhs.native_mark;
  native_port += rhs.native_port;
  native_range += rhs.native_range;
  native_log += rhs.native_log;
  xt_mark_or_port += rhs.xt_mark_or_port;
  return *this;
}

bool LegacyTable::unused() const {
  const bool open = std::all_of(base_chains.begin(), base_chains.end(), [](const BaseChain& base) {
    return base.policy.empty() || base.policy == "accept";
  });
  return rules == 0 && chains <= base_chains.size() && open;
}

std::string_view to_string(Libnftables::Outcome outcome) noexcept {
  switch (outcome) {
    case Libnftables::Outcome::agrees: return "agrees";
    case Libnftables::Outcome::differs: return "differs";
    case Libnftables::Outcome::refused: return "refused";
    case Libnftables::Outcome::died: return "died";
    case Libnftables::Outcome::timed_out: return "timedOut";
    case Libnftables::Outcome::not_asked: return "notAsked";
  }
  return "invalid";
}

std::string_view to_string(Support support) noexcept {
  switch (support) {
    case Support::yes: return "yes";
    case Support::no: return "no";
    case Support::unknown: return "unknown";
  }
  return "invalid";
}

bool NetworkState::hint_in(Backend backend) const {
  const auto found = hints.find(backend);
  if (found == hints.end()) return false;
  return std::any_of(found->second.begin(), found->second.end(),
                     [](const HintChains& chains) { return chains.any(); });
}

OwnerUse NetworkState::use_of(OwnerSet owner, Backend backend) const {
  return sum_of(*this, owner, backend, std::nullopt);
}

OwnerUse NetworkState::use_of(OwnerSet owner, Backend backend, IpFamily family) const {
  return sum_of(*this, owner, backend, family);
}

std::vector<OwnerUse> NetworkState::users_of(Backend backend) const {
  return users_in(*this, backend, std::nullopt);
}

std::vector<OwnerUse> NetworkState::users_of(Backend backend, IpFamily family) const {
  return users_in(*this, backend, family);
}

std::uint64_t NetworkState::rules_in(Backend backend) const {
  std::uint64_t sum = 0;
  for_each_table(*this, backend, [&](const auto& table) { sum += table.rules; });
  return sum;
}

}  // namespace iptmode
