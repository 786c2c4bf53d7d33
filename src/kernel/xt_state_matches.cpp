// SPDX-License-Identifier: GPL-2.0-or-later
// Matches that ask for what the kernel keeps beside a packet: its marks and its connection.
#include "kernel/xt_matches.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/xt_connmark.h>
#include <linux/netfilter/xt_conntrack.h>
#include <linux/netfilter/xt_mark.h>
#include <linux/netfilter/xt_state.h>

#include <array>
#include <string>
#include <utility>

#include "kernel/xt_structure.h"

namespace iptmode::kernel {
namespace {

constexpr std::size_t kStateBytes = 4;

void demand_mark(Rule& rule, Field field, std::pair<std::uint32_t, std::uint32_t> mark_and_mask,
                 bool negated) {
  const auto [mark, mask] = mark_and_mask;
  if (mask == 0 && mark == 0 && !negated) return;
  demand(rule, {.field = field,
                .negated = negated,
                .mask = big_endian(mask, sizeof mask),
                .any_of = {numbers(mark, mark, sizeof mark)}});
}

void demand_states(Rule& rule, std::uint32_t states, bool negated) {
  demand(rule, {.field = Field::conntrack_state,
                .negated = !negated,
                .mask = big_endian(states, kStateBytes),
                .any_of = {numbers(0, 0, kStateBytes)}});
}

std::string state_words(std::uint32_t states) {
  // The order of iptables' own list (libxt_conntrack.c).
  constexpr std::array kWords{
      std::pair{unsigned{XT_CONNTRACK_STATE_INVALID}, "INVALID"},
      std::pair{unsigned{XT_CONNTRACK_STATE_BIT(IP_CT_NEW)}, "NEW"},
      std::pair{unsigned{XT_CONNTRACK_STATE_BIT(IP_CT_RELATED)}, "RELATED"},
      std::pair{unsigned{XT_CONNTRACK_STATE_BIT(IP_CT_ESTABLISHED)}, "ESTABLISHED"},
      std::pair{unsigned{XT_CONNTRACK_STATE_UNTRACKED}, "UNTRACKED"},
      std::pair{unsigned{XT_CONNTRACK_STATE_SNAT}, "SNAT"},
      std::pair{unsigned{XT_CONNTRACK_STATE_DNAT}, "DNAT"}};
  std::string list;
  for (const auto& [bit, word] : kWords)
    if ((states & bit) != 0) list += (list.empty() ? "" : ",") + std::string{word};
  return list;
}

/// The bits up to here are those of nf_tables (NF_CT_STATE_BIT()); "untracked" is another bit.
bool demand_conntrack_states(std::uint32_t states, bool negated, Rule& rule) {
  constexpr std::uint32_t kTranslated = XT_CONNTRACK_STATE_SNAT | XT_CONNTRACK_STATE_DNAT;
  constexpr std::uint32_t kNftUntracked = 1U << 6U;  // NF_CT_STATE_UNTRACKED_BIT
  if ((states & kTranslated) != 0) {
    demand(rule, in_words("conntrack",
                          std::string{negated ? "! " : ""} + "--ctstate " + state_words(states)));
    return true;
  }
  const bool untracked = (states & XT_CONNTRACK_STATE_UNTRACKED) != 0;
  states &= ~std::uint32_t{XT_CONNTRACK_STATE_UNTRACKED};
  demand_states(rule, states | (untracked ? kNftUntracked : 0), negated);
  return true;
}

}  // namespace

bool decode_mark(const Extension& match, Rule& rule) {
  const auto mark = structure_in<xt_mark_mtinfo1>(match.info);
  if (match.revision != 1 || !mark) return false;
  demand_mark(rule, Field::mark, {mark->mark, mark->mask}, mark->invert != 0);
  return true;
}

bool decode_connmark(const Extension& match, Rule& rule) {
  const auto mark = structure_in<xt_connmark_mtinfo1>(match.info);
  if (match.revision != 1 || !mark) return false;
  demand_mark(rule, Field::conntrack_mark, {mark->mark, mark->mask}, mark->invert != 0);
  return true;
}

bool decode_state(const Extension& match, Rule& rule) {
  const auto state = structure_in<xt_state_info>(match.info);
  if (!state) return false;
  demand_states(rule, state->statemask, false);
  return true;
}

bool decode_conntrack(const Extension& match, Rule& rule) {
  constexpr std::size_t kV1 = offsetof(xt_conntrack_mtinfo1, status_mask) + 1;
  constexpr unsigned kKnown = XT_CONNTRACK_STATE | XT_CONNTRACK_STATUS | XT_CONNTRACK_STATE_ALIAS;
  const auto v1 = structure_in<xt_conntrack_mtinfo1>(match.info, kV1);
  const auto v2 = structure_in<xt_conntrack_mtinfo2>(match.info);
  if (!v1 || (match.revision > 1 && !v2) || match.revision == 0) return false;
  const unsigned flags = v1->match_flags;  // the same place in every revision
  const unsigned inverted = v1->invert_flags;
  if ((flags & ~kKnown) != 0) return false;
  const std::uint32_t states = match.revision > 1 ? v2->state_mask : v1->state_mask;
  const std::uint32_t status = match.revision > 1 ? v2->status_mask : v1->status_mask;
  if ((flags & XT_CONNTRACK_STATUS) != 0 && status == 0) return false;
  if ((flags & XT_CONNTRACK_STATE) != 0)
    demand_conntrack_states(states, (inverted & XT_CONNTRACK_STATE) != 0, rule);
  if ((flags & XT_CONNTRACK_STATUS) != 0)
    demand(rule, {.field = Field::conntrack_status,
                  .negated = (inverted & XT_CONNTRACK_STATUS) == 0,
                  .mask = big_endian(status, kStateBytes),
                  .any_of = {numbers(0, 0, kStateBytes)}});
  return true;
}

}  // namespace iptmode::kernel
