// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/x_tables.h>
#include <linux/netfilter/xt_addrtype.h>
#include <linux/netfilter/xt_comment.h>
#include <linux/netfilter/xt_connmark.h>
#include <linux/netfilter/xt_conntrack.h>
#include <linux/netfilter/xt_iprange.h>
#include <linux/netfilter/xt_limit.h>
#include <linux/netfilter/xt_mark.h>
#include <linux/netfilter/xt_multiport.h>
#include <linux/netfilter/xt_owner.h>
#include <linux/netfilter/xt_physdev.h>
#include <linux/netfilter/xt_pkttype.h>
#include <linux/netfilter/xt_rpfilter.h>
#include <linux/netfilter/xt_set.h>
#include <linux/netfilter/xt_state.h>
#include <linux/netfilter/xt_statistic.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <linux/netfilter_ipv4/ip_tables.h>

#include <cstdio>
#include <utility>
#include <vector>

#include "kernel/xt_decoder.h"
#include "kernel/xt_structure.h"

namespace iptmode::kernel {
namespace {

constexpr std::size_t kStateBytes = 4;

Interval numbers(std::uint64_t low, std::uint64_t high, std::size_t bytes) {
  return {.low = big_endian(low, bytes), .high = big_endian(high, bytes)};
}

Condition in_words(std::string_view match, std::string arguments) {
  return {.name = std::string{match}, .arguments = std::move(arguments)};
}

void demand_ports(Rule& rule, Field field, std::pair<unsigned, unsigned> ports, bool negated) {
  demand(rule, {.field = field,
                .negated = negated,
                .any_of = {numbers(ports.first, ports.second, sizeof(std::uint16_t))}});
}

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

// Each decodes one match and returns false when it cannot.

bool decode_comment(const Extension& match, Rule& rule) {
  rule.comment = match.info.substr(0, match.info.find('\0'));
  return true;
}

bool decode_tcp(const Extension& match, Rule& rule) {
  const auto tcp = structure_in<xt_tcp>(match.info);
  if (!tcp || tcp->option != 0) return false;
  demand_ports(rule, Field::source_port, {tcp->spts[0], tcp->spts[1]},
               (tcp->invflags & XT_TCP_INV_SRCPT) != 0);
  demand_ports(rule, Field::destination_port, {tcp->dpts[0], tcp->dpts[1]},
               (tcp->invflags & XT_TCP_INV_DSTPT) != 0);
  if (tcp->flg_mask != 0)
    demand(rule, {.field = Field::tcp_flags,
                  .negated = (tcp->invflags & XT_TCP_INV_FLAGS) != 0,
                  .mask = big_endian(tcp->flg_mask, 1),
                  .any_of = {numbers(tcp->flg_cmp, tcp->flg_cmp, 1)}});
  return true;
}

bool decode_udp(const Extension& match, Rule& rule) {
  const auto udp = structure_in<xt_udp>(match.info);
  if (!udp) return false;
  demand_ports(rule, Field::source_port, {udp->spts[0], udp->spts[1]},
               (udp->invflags & XT_UDP_INV_SRCPT) != 0);
  demand_ports(rule, Field::destination_port, {udp->dpts[0], udp->dpts[1]},
               (udp->invflags & XT_UDP_INV_DSTPT) != 0);
  return true;
}

/// Both families have the same structure (struct ip6t_icmp of ip6_tables.h).
bool decode_icmp(const Extension& match, Rule& rule) {
  constexpr unsigned kAny = 0xff;
  const auto icmp = structure_in<ipt_icmp>(match.info);
  if (!icmp) return false;
  const bool negated = (icmp->invflags & IPT_ICMP_INV) != 0;
  const bool all_codes = icmp->code[0] == 0 && icmp->code[1] == kAny;
  if (negated && !all_codes) return false;
  if (icmp->type != kAny || negated)
    demand(rule, {.field = Field::icmp_type,
                  .negated = negated,
                  .any_of = {numbers(icmp->type, icmp->type, 1)}});
  demand(rule, {.field = Field::icmp_code, .any_of = {numbers(icmp->code[0], icmp->code[1], 1)}});
  return true;
}

bool decode_multiport(const Extension& match, Rule& rule) {
  const auto list = structure_in<xt_multiport_v1>(match.info);
  if (match.revision != 1 || !list || list->count > XT_MULTI_PORTS) return false;
  if (list->flags != XT_MULTIPORT_SOURCE && list->flags != XT_MULTIPORT_DESTINATION) return false;
  Condition ports{
      .field = list->flags == XT_MULTIPORT_SOURCE ? Field::source_port : Field::destination_port,
      .negated = list->invert != 0};
  for (std::size_t i = 0; i < list->count; ++i) {
    const unsigned first = list->ports[i];
    const bool range = list->pflags[i] != 0 && i + 1 < list->count;
    ports.any_of.push_back(numbers(first, range ? list->ports[++i] : first, 2));
  }
  demand(rule, std::move(ports));
  return true;
}

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

void demand_types(Rule& rule, Field field, unsigned types, bool negated) {
  if (types == 0) return;
  Condition condition{.field = field, .negated = negated};
  for (unsigned type = 0; type < 16; ++type)
    if ((types & 1U << type) != 0) condition.any_of.push_back(numbers(type, type, 4));
  demand(rule, std::move(condition));
}

bool decode_addrtype(const Extension& match, Rule& rule) {
  const auto v1 = structure_in<xt_addrtype_info_v1>(match.info);
  const auto v0 = structure_in<xt_addrtype_info>(match.info);
  if (!v1 || (match.revision == 0 && !v0) || match.revision > 1) return false;
  const unsigned flags = match.revision == 1 ? v1->flags : 0;
  if ((flags & (XT_ADDRTYPE_LIMIT_IFACE_IN | XT_ADDRTYPE_LIMIT_IFACE_OUT)) != 0) return false;
  const bool not_source =
      match.revision == 1 ? (flags & XT_ADDRTYPE_INVERT_SOURCE) != 0 : v0->invert_source != 0;
  const bool not_destination =
      match.revision == 1 ? (flags & XT_ADDRTYPE_INVERT_DEST) != 0 : v0->invert_dest != 0;
  demand_types(rule, Field::source_type, v1->source, not_source);
  demand_types(rule, Field::destination_type, v1->dest, not_destination);
  return true;
}

bool decode_iprange(const Extension& match, IpFamily family, Rule& rule) {
  const auto range = structure_in<xt_iprange_mtinfo>(match.info);
  if (match.revision != 1 || !range) return false;
  const std::size_t size = family == IpFamily::ipv4 ? 4 : 16;
  if ((range->flags & IPRANGE_SRC) != 0)
    demand(rule, {.field = Field::source,
                  .negated = (range->flags & IPRANGE_SRC_INV) != 0,
                  .any_of = {{bytes_of(range->src_min, size), bytes_of(range->src_max, size)}}});
  if ((range->flags & IPRANGE_DST) != 0)
    demand(rule, {.field = Field::destination,
                  .negated = (range->flags & IPRANGE_DST_INV) != 0,
                  .any_of = {{bytes_of(range->dst_min, size), bytes_of(range->dst_max, size)}}});
  return true;
}

std::string probability_words(std::uint32_t probability) {
  constexpr double kAll = 0x80000000;  // as libxt_statistic.c scales it
  std::array<char, 32> text = {};
  const int length = std::snprintf(text.data(), text.size(), "%.11f", probability / kAll);
  return {text.data(), static_cast<std::size_t>(length)};
}

bool decode_statistic(const Extension& match, Rule& rule) {
  const auto info =
      structure_in<xt_statistic_info>(match.info, offsetof(xt_statistic_info, master));
  if (!info) return false;
  const std::string no = (info->flags & XT_STATISTIC_INVERT) != 0 ? " !" : "";
  if (info->mode == XT_STATISTIC_MODE_RANDOM) {
    demand(rule, in_words("statistic", "--mode random" + no + " --probability " +
                                           probability_words(info->u.random.probability)));
    return true;
  }
  if (info->mode != XT_STATISTIC_MODE_NTH) return false;
  demand(rule, in_words("statistic", "--mode nth" + no + " --every " +
                                         std::to_string(info->u.nth.every + 1) + " --packet " +
                                         std::to_string(info->u.nth.packet)));
  return true;
}

/// As print_rate() of libxt_limit.c.
std::string rate_words(std::uint32_t period) {
  constexpr std::uint32_t kScale = XT_LIMIT_SCALE;
  constexpr std::array kUnits{std::pair{std::uint32_t{kScale * 24 * 60 * 60}, "day"},
                              std::pair{std::uint32_t{kScale * 60 * 60}, "hour"},
                              std::pair{std::uint32_t{kScale * 60}, "min"},
                              std::pair{kScale, "sec"}};
  if (period == 0) return "0/sec";
  std::size_t i = 1;
  while (i < kUnits.size() && period <= kUnits.at(i).first &&
         kUnits.at(i).first / period >= kUnits.at(i).first % period)
    ++i;
  const auto& [unit, word] = kUnits.at(i - 1);
  return std::to_string(unit / period) + '/' + word;
}

bool decode_limit(const Extension& match, Rule& rule) {
  constexpr std::uint32_t kDefaultBurst = 5;
  const auto info = structure_in<xt_rateinfo>(match.info, offsetof(xt_rateinfo, prev));
  if (!info) return false;
  std::string words = "--limit " + rate_words(info->avg);
  if (info->burst != kDefaultBurst) words += " --limit-burst " + std::to_string(info->burst);
  demand(rule, in_words("limit", std::move(words)));
  return true;
}

bool decode_physdev(const Extension& match, Rule& rule) {
  const auto info = structure_in<xt_physdev_info>(match.info);
  if (!info) return false;
  std::string words;
  const auto add = [&](unsigned bit, const std::string& option) {
    if ((info->bitmask & bit) == 0) return;
    if (!words.empty()) words += ' ';
    words += ((info->invert & bit) != 0 ? "! " : "") + option;
  };
  add(XT_PHYSDEV_OP_ISIN, "--physdev-is-in");
  add(XT_PHYSDEV_OP_IN, "--physdev-in " + name_in(info->physindev));
  add(XT_PHYSDEV_OP_ISOUT, "--physdev-is-out");
  add(XT_PHYSDEV_OP_OUT, "--physdev-out " + name_in(info->physoutdev));
  add(XT_PHYSDEV_OP_BRIDGED, "--physdev-is-bridged");
  demand(rule, in_words("physdev", std::move(words)));
  return true;
}

bool decode_owner(const Extension& match, Rule& rule) {
  const auto info = structure_in<xt_owner_match_info>(match.info);
  if (match.revision != 1 || !info || (info->match & XT_OWNER_SUPPL_GROUPS) != 0) return false;
  std::string words;
  const auto add = [&](unsigned bit, std::string_view option, std::string value) {
    if ((info->match & bit) == 0) return;
    if (!words.empty()) words += ' ';
    words += ((info->invert & bit) != 0 ? "! " : "") + std::string{option} + std::move(value);
  };
  const auto ids = [](std::uint32_t low, std::uint32_t high) {
    return ' ' + std::to_string(low) + (low == high ? "" : '-' + std::to_string(high));
  };
  add(XT_OWNER_SOCKET, "--socket-exists", "");
  add(XT_OWNER_UID, "--uid-owner", ids(info->uid_min, info->uid_max));
  add(XT_OWNER_GID, "--gid-owner", ids(info->gid_min, info->gid_max));
  demand(rule, in_words("owner", std::move(words)));
  return true;
}

bool decode_rpfilter(const Extension& match, Rule& rule) {
  const auto info = structure_in<xt_rpfilter_info>(match.info);
  if (!info) return false;
  constexpr std::array kOptions{std::pair{unsigned{XT_RPFILTER_LOOSE}, "--loose"},
                                std::pair{unsigned{XT_RPFILTER_VALID_MARK}, "--validmark"},
                                std::pair{unsigned{XT_RPFILTER_ACCEPT_LOCAL}, "--accept-local"},
                                std::pair{unsigned{XT_RPFILTER_INVERT}, "--invert"}};
  std::string words;
  for (const auto& [bit, option] : kOptions)
    if ((info->flags & bit) != 0) words += (words.empty() ? "" : " ") + std::string{option};
  demand(rule, in_words("rpfilter", std::move(words)));
  return true;
}

bool decode_pkttype(const Extension& match, Rule& rule) {
  // PACKET_* of linux/if_packet.h, in the words of libxt_pkttype.c.
  constexpr std::array kTypes{"unicast", "broadcast", "multicast"};
  const auto info = structure_in<xt_pkttype_info>(match.info);
  if (!info || info->pkttype < 0 || std::size_t(info->pkttype) >= kTypes.size()) return false;
  demand(rule, in_words("pkttype", std::string{info->invert != 0 ? "! " : ""} + "--pkt-type " +
                                       kTypes.at(std::size_t(info->pkttype))));
  return true;
}

/// The name of an ipset is behind a question of its own; its number stands for it.
bool decode_set(const Extension& match, Rule& rule) {
  const auto info = structure_in<xt_set_info>(match.info);
  if (match.revision == 0 || !info || info->dim > IPSET_DIM_MAX) return false;
  std::string directions;
  for (unsigned dimension = 1; dimension <= info->dim; ++dimension) {
    directions += directions.empty() ? " " : ",";
    directions += (info->flags & 1U << dimension) != 0 ? "src" : "dst";
  }
  demand(rule, {.negated = (info->flags & IPSET_INV_MATCH) != 0,
                .name = "set",
                .arguments = "--match-set #" + std::to_string(info->index) + directions,
                .decoded = false});
  return true;
}

using Decode = bool (*)(const Extension& match, Rule& rule);
constexpr std::array kDecoders{
    std::pair<std::string_view, Decode>{"comment", decode_comment},
    std::pair<std::string_view, Decode>{"tcp", decode_tcp},
    std::pair<std::string_view, Decode>{"udp", decode_udp},
    std::pair<std::string_view, Decode>{"icmp", decode_icmp},
    std::pair<std::string_view, Decode>{"icmp6", decode_icmp},
    std::pair<std::string_view, Decode>{"multiport", decode_multiport},
    std::pair<std::string_view, Decode>{"mark", decode_mark},
    std::pair<std::string_view, Decode>{"connmark", decode_connmark},
    std::pair<std::string_view, Decode>{"state", decode_state},
    std::pair<std::string_view, Decode>{"conntrack", decode_conntrack},
    std::pair<std::string_view, Decode>{"addrtype", decode_addrtype},
    std::pair<std::string_view, Decode>{"statistic", decode_statistic},
    std::pair<std::string_view, Decode>{"limit", decode_limit},
    std::pair<std::string_view, Decode>{"physdev", decode_physdev},
    std::pair<std::string_view, Decode>{"owner", decode_owner},
    std::pair<std::string_view, Decode>{"rpfilter", decode_rpfilter},
    std::pair<std::string_view, Decode>{"pkttype", decode_pkttype},
    std::pair<std::string_view, Decode>{"set", decode_set},
};

}  // namespace

void decode_xt_match(const Extension& match, IpFamily family, Rule& rule) {
  if (match.name == "iprange" && decode_iprange(match, family, rule)) return;
  for (const auto& [name, decode] : kDecoders)
    if (name == match.name && decode(match, rule)) return;
  demand(rule, {.name = std::string{match.name}, .decoded = false});
}

}  // namespace iptmode::kernel
