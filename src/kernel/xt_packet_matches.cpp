// SPDX-License-Identifier: GPL-2.0-or-later
// Matches that ask for what a packet carries.
#include "kernel/xt_matches.h"

#include <linux/netfilter.h>
#include <linux/netfilter/x_tables.h>
#include <linux/netfilter/xt_addrtype.h>
#include <linux/netfilter/xt_iprange.h>
#include <linux/netfilter/xt_multiport.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <linux/netfilter_ipv4/ip_tables.h>

#include <utility>

#include "kernel/xt_structure.h"

namespace iptmode::kernel {
namespace {

void demand_ports(Rule& rule, Field field, std::pair<unsigned, unsigned> ports, bool negated) {
  demand(rule, {.field = field,
                .negated = negated,
                .any_of = {numbers(ports.first, ports.second, sizeof(std::uint16_t))}});
}

void demand_types(Rule& rule, Field field, unsigned types, bool negated) {
  if (types == 0) return;
  Condition condition{.field = field, .negated = negated};
  for (unsigned type = 0; type < 16; ++type)
    if ((types & 1U << type) != 0) condition.any_of.push_back(numbers(type, type, 4));
  demand(rule, std::move(condition));
}

}  // namespace

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

}  // namespace iptmode::kernel
